package io.dmalab.core.scenario;

import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Span;
import java.util.List;
import java.util.regex.Pattern;

/** Reads a distribution of durations: a plain duration, {@code forever}, or {@code { exponential: { mean: 8s } }}. */
final class HoldTimes {
    private static final List<String> FORMS = List.of("exponential", "log-normal", "pareto", "uniform", "one-of", "quantiles");

    private static final Pattern PERCENT = Pattern.compile("p[0-9]{1,3}(\\.[0-9]{1,6})?");

    private HoldTimes() {}

    static HoldTime read(YamlValue value) {
        if (!value.isMap()) {
            Span span = (Span) Values.read(Span.class, value);
            return span.isForever() ? new HoldTime.Forever() : new HoldTime.Constant(span);
        }
        YamlMap map = value.map();
        if (map.keys().size() != 1) {
            throw value.bad("one distribution is expected", "write e.g. { exponential: { mean: 8s } }");
        }
        String form = map.keys().iterator().next();
        if (!FORMS.contains(form)) {
            map.end(FORMS);
        }
        YamlValue parameters = map.require(form);
        if (form.equals("one-of")) {
            return new HoldTime.Empirical(parameters.list().stream().map(v -> (Span) Values.read(Span.class, v)).toList());
        }
        YamlMap given = parameters.map();
        try {
            if (form.equals("quantiles")) {
                return new HoldTime.Quantiles(given.keys().stream().map(key -> point(given, key)).toList());
            }
            HoldTime hold = switch (form) {
                case "exponential" -> new HoldTime.Exponential(span(given, "mean"));
                case "log-normal" -> HoldTime.LogNormal.of(span(given, "median"), span(given, "p99"));
                case "pareto" -> new HoldTime.Pareto((Double) Values.read(double.class, given.require("alpha")), span(given, "min"),
                        span(given, "cap"));
                default -> new HoldTime.Uniform(span(given, "min"), span(given, "max"));
            };
            given.end();
            return hold;
        } catch (IllegalArgumentException e) {
            throw Values.bad(parameters, e.getMessage());
        }
    }

    /** {@code p99.9: 20s}. */
    private static HoldTime.Quantiles.Point point(YamlMap map, String key) {
        if (!PERCENT.matcher(key).matches()) {
            throw map.require(key).bad(BadInput.quote(key) + " is not a quantile",
                    "write e.g. { p0: 0us, p50: 200us, p99.9: 20ms, p100: 1s }");
        }
        return new HoldTime.Quantiles.Point(Double.parseDouble(key.substring(1)), span(map, key));
    }

    private static Span span(YamlMap map, String key) {
        return (Span) Values.read(Span.class, map.require(key));
    }
}
