package io.dmalab.netstack.holders;

/** Checks of option values, with messages that say what to use. */
final class Checks {
    private Checks() {}

    /** @throws IllegalArgumentException if {@code value} is outside [least, most] */
    static void range(String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(option + " " + value + " is out of range; use " + least + " to " + most);
        }
    }
}
