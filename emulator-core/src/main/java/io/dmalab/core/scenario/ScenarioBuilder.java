package io.dmalab.core.scenario;

import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.FindingKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Builds a scenario in code. What comes out is what the reader makes of the file that it writes, {@link Scenario#text}: it obeys the same
 * rules, and the text can be saved, run by the command line and replayed.
 *
 * {@snippet :
 * Scenario scenario = Scenario.builder("one-slow-reader").cpus(2)
 *         .device("eth4", Use.of("mlx").with("channels", 2), Use.of("poisson").with("rate", "1kpps"))
 *         .holder(0.01, Use.of("tcp-receive-queue").with("process", "backup"))
 *         .step(Span.ofSeconds(2), Use.of("remove").with("device", "eth4"))
 *         .build();
 * }
 *
 * <p>Values are written as a file would have them. One that cannot be written is a {@link BadInput} at once; whatever else is wrong shows
 * in {@link #build}, or, for names and options of extensions, when the scenario is run.
 */
public final class ScenarioBuilder {
    /** What YAML reads as it stands, in a list in brackets as well. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9_./@+=-]|[ ](?=[A-Za-z0-9_(]))*");

    private final String id;
    private final Map<String, String> top = new LinkedHashMap<>();
    private final Map<String, String> memory = new LinkedHashMap<>();
    private final Map<String, String> limits = new LinkedHashMap<>();
    private final Map<String, String> explore = new LinkedHashMap<>();
    private final Map<String, String> expect = new LinkedHashMap<>();
    private final List<String> devices = new ArrayList<>();
    private final List<String> holders = new ArrayList<>();
    private final List<String> notifiers = new ArrayList<>();
    private final List<String> steps = new ArrayList<>();
    private String story = "";

    ScenarioBuilder(String id) {
        this.id = id;
        top.put("scenario", word(id));
    }

    /** One line. */
    public ScenarioBuilder summary(String text) {
        return with("summary", word(text));
    }

    /** What happens and what to look at, any number of lines. */
    public ScenarioBuilder story(String text) {
        story = text;
        return this;
    }

    // machine

    /** @param profile id of a kernel profile, e.g. {@code v6.14} */
    public ScenarioBuilder kernel(String profile) {
        return with("kernel", word(profile));
    }

    /** Timer ticks a second: 100, 250 or 1000. */
    public ScenarioBuilder hz(int hz) {
        return with("hz", hz);
    }

    public ScenarioBuilder pageSize(ByteSize size) {
        return with("page-size", size);
    }

    /** @param cpus 1 to 4096 */
    public ScenarioBuilder cpus(int cpus) {
        return with("cpus", cpus);
    }

    /** The seed of a run that is not given another one. */
    public ScenarioBuilder seed(long seed) {
        return with("seed", seed);
    }

    public ScenarioBuilder ram(ByteSize size) {
        return memory("ram", size);
    }

    /** The lifetime checker on, or off as in a production kernel. */
    public ScenarioBuilder kasan(boolean on) {
        return memory("kasan", on);
    }

    /** Any value of the section {@code memory}. @param value as a file would have it */
    public ScenarioBuilder memory(String key, Object value) {
        memory.put(word(key), value("memory." + key, value));
        return this;
    }

    public ScenarioBuilder platform(Use platform) {
        return with("platform", flow("id", platform, Map.of()));
    }

    /** The policy of a run that is not given another one. */
    public ScenarioBuilder policy(Use policy) {
        return with("policy", flow("id", policy, Map.of()));
    }

    /** Any other value at the top level. @param value as a file would have it, on one line */
    public ScenarioBuilder with(String key, Object value) {
        top.put(word(key), value(key, value));
        return this;
    }

    // what is in it and what happens

    /** A device that nothing comes in from. @param name the scenario's own name for it */
    public ScenarioBuilder device(String name, Use driver) {
        devices.add("name: " + word(name) + "\n    driver: " + flow("id", driver, Map.of()));
        return this;
    }

    /** A device and what arrives at it. */
    public ScenarioBuilder device(String name, Use driver, Use traffic) {
        device(name, driver);
        devices.add(devices.removeLast() + "\n    traffic: " + flow("id", traffic, Map.of()));
        return this;
    }

    /** @param share of the received packets, 0 to 1; all shares together are at most 1 */
    public ScenarioBuilder holder(double share, Use holder) {
        holders.add(flow("id", holder, Map.of("share", Double.toString(share))));
        return this;
    }

    public ScenarioBuilder notifier(Use notifier) {
        notifiers.add(flow("id", notifier, Map.of()));
        return this;
    }

    /** @param at virtual time since the scenario's start */
    public ScenarioBuilder step(Span at, Use action) {
        steps.add(flow("do", action, Map.of("at", at.toString())));
        return this;
    }

    // limits

    /** The run ends at this virtual time if nothing ends it before. */
    public ScenarioBuilder timeLimit(Span time) {
        limits.put("time", value("limits.time", time));
        return this;
    }

    /** The run ends after so many events if nothing ends it before. */
    public ScenarioBuilder eventLimit(long events) {
        limits.put("events", value("limits.events", events));
        return this;
    }

    /**
     * What an exploration takes as its steps.
     *
     * @param horizon what would happen later than this after the first step does not happen
     * @param types   kernel types whose accesses are scheduling points; none means all
     */
    public ScenarioBuilder explore(Span horizon, String... types) {
        explore.put("horizon", value("explore.horizon", horizon));
        explore.put("steps", Arrays.stream(types).map(ScenarioBuilder::word).collect(Collectors.joining(", ", "[", "]")));
        return this;
    }

    /** What a run under this policy is expected to find; no kinds mean a clean run. */
    public ScenarioBuilder expect(String policy, FindingKind... kinds) {
        expect.put(word(policy), Arrays.stream(kinds).map(FindingKind::toString).collect(Collectors.joining(", ", "[", "]")));
        return this;
    }

    /** @throws BadInput if it is no scenario; line and column are those of {@link #text} */
    public Scenario build() {
        return ScenarioReader.read(text(), "scenario " + BadInput.quote(id) + ", as built");
    }

    /** The scenario's file as far as it is built. */
    public String text() {
        StringBuilder text = new StringBuilder();
        top.forEach((key, value) -> text.append(key).append(": ").append(value).append('\n'));
        if (!story.isBlank()) {
            text.append("story: |2\n");
            story.lines().forEach(line -> text.append(line.isBlank() ? "" : "  " + line).append('\n'));
        }
        section(text, "memory", memory);
        list(text, "devices", devices);
        list(text, "holders", holders);
        list(text, "notifiers", notifiers);
        list(text, "steps", steps);
        section(text, "limits", limits);
        section(text, "explore", explore);
        section(text, "expect", expect);
        return text.toString();
    }

    private static void section(StringBuilder text, String key, Map<String, String> entries) {
        if (!entries.isEmpty()) {
            text.append(key).append(": ").append(flow(entries)).append('\n');
        }
    }

    private static void list(StringBuilder text, String key, List<String> elements) {
        if (!elements.isEmpty()) {
            text.append(key).append(":\n");
            elements.forEach(element -> text.append("  - ").append(element).append('\n'));
        }
    }

    /** {@code { id: mlx, channels: 4 }}; the id alone if there is nothing else. */
    private static String flow(String idKey, Use use, Map<String, String> more) {
        if (more.isEmpty() && use.options().isEmpty()) {
            return word(use.id());
        }
        Map<String, String> entries = new LinkedHashMap<>(more);
        entries.put(idKey, word(use.id()));
        use.options().forEach((option, value) -> {
            if (entries.putIfAbsent(word(option), value(use.id() + "." + option, value)) != null) {
                throw BadInput.of(use.id() + "." + option, "'" + option + "' is no option of an extension here", "leave it out");
            }
        });
        return flow(entries);
    }

    private static String flow(Map<String, String> entries) {
        return entries.entrySet().stream().map(e -> e.getKey() + ": " + e.getValue()).collect(Collectors.joining(", ", "{ ", " }"));
    }

    /** A value that stays one wherever it is put. Text of several lines is quoted: no file could have it otherwise in that place. */
    private static String value(String place, Object value) {
        String text = value.toString();
        if (text.contains("\n")) {
            return quoted(text);
        }
        YamlMap map = YamlFile.parseArgument("{ value: " + text + " }", place + ": " + BadInput.quote(text));
        map.require("value");
        map.end();
        return text;
    }

    private static String word(String text) {
        return PLAIN.matcher(text).matches() ? text : quoted(text);
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            switch (c) {
                case '"', '\\' -> quoted.append('\\').appendCodePoint(c);
                case '\n' -> quoted.append("\\n");
                default -> quoted.append(Character.isISOControl(c) ? String.format(Locale.ROOT, "\\u%04x", c) : Character.toString(c));
            }
        });
        return quoted.append('"').toString();
    }
}
