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

    /**
     * Given by quantiles, between which it is interpolated linearly: a measured distribution. Between one that is finite and one that is
     * for ever the time is for ever.
     *
     * @param points at least two, percent and time both ascending, from 0 % to 100 %
     */
    record Quantiles(List<Point> points) implements HoldTime {
        /** @param percent share of times that are at most {@code span} */
        public record Point(double percent, Span span) {}

        public Quantiles {
            points = List.copyOf(points);
            if (points.size() < 2 || points.getFirst().percent() != 0 || points.getLast().percent() != 100) {
                throw new IllegalArgumentException("quantiles go from p0 to p100");
            }
            for (int i = 1; i < points.size(); i++) {
                Point before = points.get(i - 1);
                Point point = points.get(i);
                if (point.percent() <= before.percent() || point.span().compareTo(before.span()) < 0) {
                    throw new IllegalArgumentException("the quantiles do not ascend at " + point.span());
                }
            }
        }

        @Override
        public long sample(RandomStream random) {
            return at(100 * random.nextDouble());
        }

        /** The time that {@code percent} % do not exceed, in nanoseconds. @param percent 0 to 100 */
        public long at(double percent) {
            int i = 1;
            while (points.get(i).percent() < percent) {
                i++;
            }
            Point low = points.get(i - 1);
            Point high = points.get(i);
            if (low.span().isForever() || high.span().isForever()) {
                return percent == low.percent() ? low.span().nanos() : Long.MAX_VALUE;
            }
            double part = (percent - low.percent()) / (high.percent() - low.percent());
            return low.span().nanos() + Math.round(part * (high.span().nanos() - low.span().nanos()));
        }
    }
}
