package io.dmalab.cli;

import java.util.Locale;

/** One thing that {@code dmalab doctor} looked at. @param remedy what to do; empty if nothing */
record Check(String name, State state, String text, String remedy) {
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

    static Check ok(String name, String text) {
        return new Check(name, State.OK, text, "");
    }

    static Check note(String name, String text, String remedy) {
        return new Check(name, State.NOTE, text, remedy);
    }

    static Check broken(String name, String text, String remedy) {
        return new Check(name, State.BROKEN, text, remedy);
    }
}
