package io.dmalab.core.run;

/** What is known of how short a counterexample is. */
public enum Shortness {
    /** The schedule as it was met: what it does not need could not be left out. */
    AS_FOUND("as it was met"),
    /** What it does not need is left out, in the order with the fewest changes of context; there may be better ones. */
    SHORTENED("shortened"),
    /** No schedule that does this harm has fewer changes of context, and none with as few has fewer steps: all were looked at. */
    FEWEST_CHANGES("no schedule has fewer changes, or as few and fewer steps"),
    /** No schedule that does harm has fewer steps: all states that are nearer were looked at. */
    FEWEST_STEPS("no schedule is shorter");

    private final String text;

    Shortness(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
