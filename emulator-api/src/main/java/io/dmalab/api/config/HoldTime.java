package io.dmalab.api.config;

import io.dmalab.api.kernel.RandomStream;
import java.util.List;

/** How long something is held: a distribution of durations. */
public sealed interface HoldTime {
    /** A draw in nanoseconds, at least 0; {@link Long#MAX_VALUE} means for ever. */
    long sample(RandomStream random);

    /** Always the same. */
    record Constant(Span span) implements HoldTime {
        @Override
        public long sample(RandomStream random) {
            return span.nanos();
        }
    }

    /** Never ends. */
    record Forever() implements HoldTime {
        @Override
        public long sample(RandomStream random) {
            return Long.MAX_VALUE;
        }
    }

    /** Exponential. @param mean more than 0 */
    record Exponential(Span mean) implements HoldTime {
        @Override
        public long sample(RandomStream random) {
            return Math.round(random.exponential(mean.nanos()));
        }
    }

    /** Log-normal. @param median more than 0 @param sigma standard deviation of the logarithm */
    record LogNormal(Span median, double sigma) implements HoldTime {
        /** Standard normal quantile at 0.99. */
        private static final double Z99 = 2.3263478740408408;

        /** The log-normal distribution with that median and 99th percentile. */
        public static LogNormal of(Span median, Span p99) {
            if (median.nanos() <= 0 || p99.compareTo(median) < 0) {
                throw new IllegalArgumentException("the median is more than 0 and at most the p99");
            }
            return new LogNormal(median, StrictMath.log((double) p99.nanos() / median.nanos()) / Z99);
        }

        @Override
        public long sample(RandomStream random) {
            return Math.round(random.logNormal(median.nanos(), sigma));
        }
    }

    /** Pareto, cut off. @param alpha shape, more than 0 @param min smallest value, more than 0 @param cap largest value */
    record Pareto(double alpha, Span min, Span cap) implements HoldTime {
        public Pareto {
            if (!(alpha > 0) || min.nanos() <= 0 || cap.compareTo(min) < 0) {
                throw new IllegalArgumentException("alpha and min are more than 0, cap is at least min");
            }
        }

        @Override
        public long sample(RandomStream random) {
            return Math.round(random.pareto(alpha, min.nanos(), cap.nanos()));
        }
    }

    /** Uniform between two durations. */
    record Uniform(Span min, Span max) implements HoldTime {
        public Uniform {
            if (max.compareTo(min) < 0) {
                throw new IllegalArgumentException("max is at least min");
            }
        }

        @Override
        public long sample(RandomStream random) {
            return Math.round(random.uniform(min.nanos(), max.nanos()));
        }
    }

    /** One of the given values, each with the same probability: recorded hold times. */
    record Empirical(List<Span> values) implements HoldTime {
        public Empirical {
            values = List.copyOf(values);
            if (values.isEmpty()) {
                throw new IllegalArgumentException("at least one value is needed");
            }
        }

        @Override
        public long sample(RandomStream random) {
            return values.get(random.nextInt(values.size())).nanos();
        }
    }
}
