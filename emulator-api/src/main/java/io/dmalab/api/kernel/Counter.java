package io.dmalab.api.kernel;

/** A named number that a run reports. */
public final class Counter {
    private final String name;
    private long value;

    public Counter(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }

    public void increment() {
        value++;
    }

    public void add(long amount) {
        value += amount;
    }

    /** Raises the value to at least {@code candidate}. */
    public void max(long candidate) {
        value = Math.max(value, candidate);
    }

    public long value() {
        return value;
    }
}
