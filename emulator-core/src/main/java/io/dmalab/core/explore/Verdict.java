package io.dmalab.core.explore;

/** What an exploration comes to. */
public enum Verdict {
    /** Every interleaving within the bounds was looked at, and none does harm. */
    SAFE("SAFE"),
    /** One was found that does. */
    VIOLATION("VIOLATION"),
    /** No harm was found, and some interleavings were not looked at. */
    BOUND_REACHED("BOUND REACHED");

    private final String text;

    Verdict(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
