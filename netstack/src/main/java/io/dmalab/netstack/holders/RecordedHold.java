package io.dmalab.netstack.holders;

import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.HoldTime.Quantiles;
import io.dmalab.api.config.HoldTime.Quantiles.Point;
import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.netstack.InstanceStreams;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Each packet for a time from the distribution that was recorded for packets which arrived when it does. Holders do not let packets go
 * independently of each other: a reader takes all there is. What is held at some moment, such as that of a removal, therefore depends on
 * when the last packets came.
 */
public final class RecordedHold extends TimedHold {
    private static final Pattern POINT = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,6})?):(\\S+)");

    /** What can be set. */
    public record Options(
            @Option(doc = "text with a line per stretch of time: FROM PERCENT:TIME..., e.g. 250ms 0:1us 50:3ms 99.5:2s 100:forever; "
                    + "FROM counts from the first packet, percents go from 0 to 100; a semicolon ends a line, too, # begins a comment")
                    String times,
            @Option(value = "recorded holder", doc = "who holds them and why, for reports") String reason,
            @Option(doc = "name of a process whose exit frees them; none: no exit does") Optional<String> process) {
        public Options {
            stretches(times);
        }
    }

    /** @param from nanoseconds after the first packet */
    private record Stretch(long from, HoldTime time) {}

    private final List<Stretch> stretches;
    private final RandomStream random;
    private long origin = -1;
    private int current;

    @Inject
    public RecordedHold(PacketSink sink, InstanceStreams streams, Options options) {
        super(sink, options.reason(), options.process());
        this.stretches = stretches(options.times());
        this.random = streams.next("holder recorded-hold");
    }

    private static List<Stretch> stretches(String text) {
        List<Stretch> stretches = new ArrayList<>();
        for (String line : text.lines().map(l -> l.replaceFirst("#.*", "")).flatMap(l -> Arrays.stream(l.split(";"))).map(String::strip)
                .filter(l -> !l.isEmpty()).toList()) {
            String[] words = line.split("\\s+");
            Span from = Span.parse(words[0]);
            if (from.isForever() || !stretches.isEmpty() && from.nanos() <= stretches.getLast().from()) {
                throw new IllegalArgumentException("the stretch of " + from + " does not come behind the one above it; sort the times");
            }
            List<Point> points = new ArrayList<>();
            for (int i = 1; i < words.length; i++) {
                points.add(point(words[i]));
            }
            stretches.add(new Stretch(from.nanos(), new Quantiles(points)));
        }
        if (stretches.isEmpty()) {
            throw new IllegalArgumentException("there are no times; write a line like 0s 0:1us 50:3ms 100:2s");
        }
        return List.copyOf(stretches);
    }

    private static Point point(String word) {
        Matcher matcher = POINT.matcher(word);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + word + "' is not of the form PERCENT:TIME; write e.g. 99.5:2s");
        }
        return new Point(Double.parseDouble(matcher.group(1)), Span.parse(matcher.group(2)));
    }

    @Override
    long draw(long now) {
        origin = origin < 0 ? now : origin;
        while (current + 1 < stretches.size() && stretches.get(current + 1).from() <= now - origin) {
            current++;
        }
        return stretches.get(current).time().sample(random);
    }
}
