package io.dmalab.cli;

import java.util.Locale;

/** One thing that {@code dmalab doctor} looked at. @param remedy what to do; empty if nothing */
record Diagnosis(String name, State state, String text, String remedy) {
    enum State {
        OK,
        /** Works, but could be better. */
        NOTE,
        BROKEN;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Diagnosis ok(String name, String text) {
        return new Diagnosis(name, State.OK, text, "");
    }

    static Diagnosis note(String name, String text, String remedy) {
        return new Diagnosis(name, State.NOTE, text, remedy);
    }

    static Diagnosis broken(String name, String text, String remedy) {
        return new Diagnosis(name, State.BROKEN, text, remedy);
    }
}
