package io.dmalab.cli;

import io.dmalab.core.kernel.ModelFailure;

/** What a user is told about a defect of dmalab or of a plugin: one line. */
final class Defect {
    private Defect() {}

    static String text(Throwable e) {
        String what = e instanceof ModelFailure ? e.getMessage() : "defect: " + e;
        return "dmalab: " + what.strip().replaceAll("\\s*\\R\\s*", " ") + "; run again with --debug for the stack trace, and report it";
    }
}
