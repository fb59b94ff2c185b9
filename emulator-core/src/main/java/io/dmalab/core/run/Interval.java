package io.dmalab.core.run;

/** A 95 % interval, both ends included; an end that the runs do not bound is infinite. */
public record Interval(double low, double high) {
    public boolean contains(double value) {
        return low <= value && value <= high;
    }

    /** Both ends are known. */
    public boolean bounded() {
        return Double.isFinite(low) && Double.isFinite(high);
    }
}
