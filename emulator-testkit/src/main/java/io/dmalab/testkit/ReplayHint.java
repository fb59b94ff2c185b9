package io.dmalab.testkit;

/** Hangs on the failure of a test, and says how to see again what it looked at. */
final class ReplayHint extends Exception {
    private static final long serialVersionUID = 1L;

    ReplayHint(String command) {
        super(command, null, false, false);
    }
}
