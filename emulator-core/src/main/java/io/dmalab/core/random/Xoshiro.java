package io.dmalab.core.random;

import io.dmalab.api.kernel.RandomStream;
import io.dmalab.core.time.StreamDigest;

/** xoshiro256++ (Blackman and Vigna), seeded by SplitMix64; distributions by inversion on StrictMath, so equal everywhere. */
public final class Xoshiro implements RandomStream {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final double UNIT = 0x1.0p-53;

    private long s0;
    private long s1;
    private long s2;
    private long s3;
    private boolean drawn;

    public Xoshiro(long seed) {
        long s = seed;
        s0 = splitMix(s += GOLDEN);
        s1 = splitMix(s += GOLDEN);
        s2 = splitMix(s += GOLDEN);
        s3 = splitMix(s + GOLDEN);
    }

    /** With this very state, not all of it zero. */
    Xoshiro(long s0, long s1, long s2, long s3) {
        this.s0 = s0;
        this.s1 = s1;
        this.s2 = s2;
        this.s3 = s3;
    }

    /** The finaliser of SplitMix64: a bijection that spreads every bit. */
    static long splitMix(long z) {
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /** The state, which no two numbers of draws share. */
    void mixInto(StreamDigest digest) {
        digest.mix(s0);
        digest.mix(s1);
        digest.mix(s2);
        digest.mix(s3);
    }

    /** A number has been drawn. */
    boolean drawn() {
        return drawn;
    }

    @Override
    public long nextLong() {
        drawn = true;
        long result = Long.rotateLeft(s0 + s3, 23) + s0;
        long t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = Long.rotateLeft(s3, 45);
        return result;
    }

    @Override
    public int nextInt(int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("bound must be at least 1, not " + bound);
        }
        // Lemire: multiply, and reject the few values that would make some results more likely
        long m = (nextLong() >>> 32) * bound;
        if ((m & 0xffff_ffffL) < bound) {
            long threshold = (1L << 32) % bound;
            while ((m & 0xffff_ffffL) < threshold) {
                m = (nextLong() >>> 32) * bound;
            }
        }
        return (int) (m >>> 32);
    }

    @Override
    public double nextDouble() {
        return (nextLong() >>> 11) * UNIT;
    }

    /** Uniform in (0, 1]: safe for a logarithm. */
    private double positive() {
        return ((nextLong() >>> 11) + 1) * UNIT;
    }

    @Override
    public boolean chance(double p) {
        return nextDouble() < p;
    }

    @Override
    public double exponential(double mean) {
        return -mean * StrictMath.log(positive());
    }

    @Override
    public double logNormal(double median, double sigma) {
        return median * StrictMath.exp(sigma * normal());
    }

    /** Standard normal by Box and Muller; the second value is not kept, so that one draw always uses two words. */
    private double normal() {
        return StrictMath.sqrt(-2 * StrictMath.log(positive())) * StrictMath.cos(2 * StrictMath.PI * nextDouble());
    }

    @Override
    public double pareto(double alpha, double min, double cap) {
        return Math.min(cap, min * StrictMath.pow(positive(), -1 / alpha));
    }

    @Override
    public double uniform(double a, double b) {
        return a + (b - a) * nextDouble();
    }
}
