package io.dmalab.api.kernel;

/**
 * A named stream of random numbers, split from the run's seed. Every draw gives the same value on every machine and JVM (StrictMath where
 * rounding could differ). Not shared between machines.
 */
public interface RandomStream {
    /** 64 uniform bits. */
    long nextLong();

    /** Uniform in [0, bound); {@code bound} at least 1. */
    int nextInt(int bound);

    /** Uniform in [0, 1), 53 bits. */
    double nextDouble();

    /** True with probability {@code p}, 0 to 1. */
    boolean chance(double p);

    /** Exponentially distributed with that mean. */
    double exponential(double mean);

    /** Log-normal: median times e to the power of a normal variable with standard deviation {@code sigma}. */
    double logNormal(double median, double sigma);

    /** Pareto with shape {@code alpha} from {@code min} on, cut off at {@code cap}. */
    double pareto(double alpha, double min, double cap);

    /** Uniform in [a, b). */
    double uniform(double a, double b);
}
