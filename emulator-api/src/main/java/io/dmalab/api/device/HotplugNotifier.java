package io.dmalab.api.device;

/**
 * A link in a notifier chain (struct notifier_block). Called in task context under the chain's semaphore, held for reading: it may sleep,
 * and must not (un)register on the same chain.
 *
 * <p>As an extension (named under {@code notifiers:} in a scenario) it is registered at boot on every chain of the machine.
 */
@FunctionalInterface
public interface HotplugNotifier {
    Answer notify(HotplugEvent event);

    /** Higher is called first; equal priorities in order of registration. */
    default int priority() {
        return 0;
    }

    /** Answer of a callback. */
    enum Answer {
        /** Not interested. */
        DONE,
        /** Handled. */
        OK,
        /** Refused: the chain stops. Detach cannot be refused; the answer is recorded only. */
        BAD,
        /** Handled, and nobody after it is asked. */
        STOP
    }
}
