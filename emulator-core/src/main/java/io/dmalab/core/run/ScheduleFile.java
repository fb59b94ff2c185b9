package io.dmalab.core.run;

import io.dmalab.api.kernel.Choice;
import io.dmalab.core.explore.Names;
import io.dmalab.core.explore.Schedule;
import io.dmalab.core.explore.Step;
import io.dmalab.core.scenario.BadInput;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * An explored schedule as a text file that says in words what happens, and that {@code dmalab replay} follows:
 *
 * <pre>
 * dmalab schedule 1
 * # as written: 5d1c07aa
 * scenario: seed-race@1f2e3d4c
 * policy: legacy
 * seed: 1
 * changes: -
 * model: 0.1.0+8a1b2c3d
 * kernel: v6.14
 * finding: use-after-free: dma_iommu_unmap_page read it_page_shift of a freed iommu_table
 * context a: 2.0 drmgr
 * context b: 3 kworker/2:0
 * steps:
 * a iommu_table_free: free iommu_table
 * b
 * </pre>
 *
 * <p>A step names its context and, unless it begins one, what that does next. Lines that begin with {@code #} are for the reader.
 *
 * @param token   scenario, policy, seed, changes, model and whose turn it is
 * @param kernel  profile of the machine
 * @param finding what the schedule ends in, in one line
 * @param labels  what the schedule's contexts were called
 * @param words   what each step does, empty where it begins a context
 * @param edited  the text is not as dmalab wrote it
 */
public record ScheduleFile(ScheduleToken token, String kernel, String finding, List<String> labels, List<String> words, boolean edited) {
    /** First line of every such file; another number follows when the form changes. */
    public static final String HEAD = "dmalab schedule 1";
    private static final String KIND = "dmalab schedule ";
    private static final String AGAIN = "write it again with 'dmalab explore --schedule-out'";
    private static final List<String> FIELDS = List.of("scenario", "policy", "seed", "changes", "model", "kernel", "finding");
    /** Of those steps that chose one, in their order. */
    private static final String MOVES = "moves: ";
    private static final Pattern CONTEXT = Pattern.compile("context (\\w+): ([0-9.]+)(?: (.*))?");
    private static final int STEPS_MAX = 1_000_000;
    /** A line for the reader, with a sum over those that are not. */
    private static final String CHECK = "# as written: ";

    public ScheduleFile {
        labels = List.copyOf(labels);
        words = List.copyOf(words);
    }

    /** @param token of the violation's schedule */
    public static ScheduleFile of(ScheduleToken token, String kernel, Violation violation, Names names) {
        Map<String, String> labels = new LinkedHashMap<>();
        violation.steps().forEach(step -> labels.putIfAbsent(names.path(step.context()), names.contextName(step.context())));
        String finding = violation.finding().kind() + ": " + violation.finding().detail().replace('\n', ' ');
        return new ScheduleFile(token, kernel, finding, List.copyOf(labels.values()), violation.steps().stream().map(ScheduleFile::words).toList(),
                false);
    }

    private static String words(Step step) {
        return step.action().isEmpty() ? "" : step.function() + ": " + step.action();
    }

    /** Whether a text is such a file, of whatever version. */
    public static boolean is(String text) {
        return text.startsWith(KIND);
    }

    /** The first step that does something else than the file says, in words; empty if all of these agree. */
    public Optional<String> difference(List<Step> steps) {
        for (int i = 0; i < Math.min(steps.size(), words.size()); i++) {
            String here = words(steps.get(i));
            if (!here.equals(words.get(i))) {
                return Optional.of("step " + (i + 1) + " was " + quoted(words.get(i)) + ", here it is " + quoted(here));
            }
        }
        return steps.size() == words.size() ? Optional.empty()
                : Optional.of("it ends after " + steps.size() + " steps, the file has " + words.size());
    }

    /** What the file says of a step. @param step from 1 on */
    public String step(int step) {
        int turn = token.schedule().turns().get(step - 1);
        return labels.get(turn) + ", " + quoted(words.get(step - 1));
    }

    private static String quoted(String words) {
        return words.isEmpty() ? "the begin of a context" : "'" + words + "'";
    }

    /** @param name of the file, for messages @throws BadInput if it is none */
    public static ScheduleFile parse(String text, String name) {
        return new Reader(text.lines().toList(), name).read();
    }

    /** Over all that is followed, but for the model: another one has a message of its own. */
    private static String check(Stream<String> lines) {
        CRC32 sum = new CRC32();
        lines.map(String::strip).filter(line -> !line.isEmpty() && !line.startsWith("#") && !line.startsWith("model: "))
                .forEach(line -> sum.update((line + "\n").getBytes(StandardCharsets.UTF_8)));
        return String.format(Locale.ROOT, "%08x", sum.getValue());
    }

    /** The file's text. */
    @Override
    public String toString() {
        String text = text();
        int afterHead = text.indexOf('\n') + 1;
        return text.substring(0, afterHead) + CHECK + check(text.lines()) + '\n' + text.substring(afterHead);
    }

    private String text() {
        Schedule schedule = token.schedule();
        StringBuilder text = new StringBuilder(HEAD).append('\n');
        text.append("# dmalab replay FILE follows it; contexts are named by their descent from boot\n");
        List<String> values = List.of(token.scenario() + "@" + token.content(), token.policy(), Long.toString(token.seed()), token.changes(),
                token.model(), kernel, finding);
        for (int i = 0; i < FIELDS.size(); i++) {
            text.append(FIELDS.get(i)).append(": ").append(values.get(i)).append('\n');
        }
        for (int i = 0; i < schedule.contexts().size(); i++) {
            text.append("context ").append(label(i)).append(": ").append(schedule.contexts().get(i)).append(' ').append(labels.get(i)).append('\n');
        }
        if (!schedule.moves().isEmpty()) {
            text.append(MOVES).append(schedule.movesText()).append('\n');
        }
        text.append("steps:\n");
        for (int i = 0; i < words.size(); i++) {
            text.append((label(schedule.turns().get(i)) + " " + words.get(i)).stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /** a to z, then a1 and so on. */
    private static String label(int context) {
        return (char) ('a' + context % 26) + (context < 26 ? "" : Integer.toString(context / 26));
    }

    /** Reads line by line, and says where it could not go on. */
    private static final class Reader {
        private final List<String> lines;
        private final String name;
        private final List<String> values = new ArrayList<>();
        private final Map<String, Integer> contexts = new LinkedHashMap<>();
        private final List<String> paths = new ArrayList<>();
        private final List<String> labels = new ArrayList<>();
        private final List<Integer> turns = new ArrayList<>();
        private final List<String> words = new ArrayList<>();
        private List<Choice.Move> moves = List.of();
        private int at;

        Reader(List<String> lines, String name) {
            this.lines = lines;
            this.name = name;
        }

        ScheduleFile read() {
            if (!lines.getFirst().strip().equals(HEAD)) {
                at = 1;
                throw wrong("'" + lines.getFirst().strip() + "' is a form that this dmalab does not read, it reads '" + HEAD + "'",
                        "replay it with the version that wrote it");
            }
            at = 1;
            for (String field : FIELDS) {
                values.add(value(next(field + ": ..."), field));
            }
            String line = next("steps:");
            for (Matcher context = CONTEXT.matcher(line); context.matches(); context = CONTEXT.matcher(line)) {
                if (contexts.putIfAbsent(context.group(1), contexts.size()) != null) {
                    throw wrong("context '" + context.group(1) + "' is there already", AGAIN);
                }
                paths.add(context.group(2));
                labels.add(context.group(3) == null ? "" : context.group(3));
                line = next("steps:");
            }
            if (line.startsWith(MOVES)) {
                moves = moves(line.substring(MOVES.length()));
                line = next("steps:");
            }
            if (!line.equals("steps:") || contexts.isEmpty()) {
                throw wrong("'" + line + "' is neither a context nor 'steps:'", AGAIN);
            }
            while (at < lines.size() && turns.size() < STEPS_MAX) {
                step(lines.get(at++));
            }
            if (turns.isEmpty()) {
                throw wrong("no step follows", AGAIN);
            }
            return new ScheduleFile(token(), values.get(5), values.get(6), labels, words, edited());
        }

        /** What dmalab has written says so; of a text that does not nothing is known. */
        private boolean edited() {
            return lines.stream().filter(line -> line.startsWith(CHECK)).findFirst()
                    .map(line -> !line.substring(CHECK.length()).strip().equals(check(lines.stream()))).orElse(false);
        }

        private void step(String line) {
            if (line.isBlank() || line.startsWith("#")) {
                return;
            }
            String[] parts = line.strip().split(" ", 2);
            Integer context = contexts.get(parts[0]);
            if (context == null) {
                throw wrong("no context '" + parts[0] + "'", "use one of " + String.join(", ", contexts.keySet()));
            }
            turns.add(context);
            words.add(parts.length == 1 ? "" : parts[1]);
        }

        private List<Choice.Move> moves(String text) {
            try {
                return Schedule.moves(text);
            } catch (IllegalArgumentException e) {
                throw wrong(e.getMessage(), AGAIN);
            }
        }

        private ScheduleToken token() {
            String[] scenario = values.getFirst().split("@", -1);
            at = 2;
            if (scenario.length != 2 || !scenario[1].matches("[0-9a-f]{8}")) {
                throw wrong("the scenario is not of the form NAME@CONTENT", AGAIN);
            }
            return new ScheduleToken(scenario[0], scenario[1], values.get(1), RunToken.seed(values.get(2), name), values.get(3), values.get(4),
                    new Schedule(paths, turns, moves));
        }

        private String value(String line, String field) {
            if (!line.startsWith(field + ": ")) {
                throw wrong("'" + line + "' where '" + field + ": ...' was expected", AGAIN);
            }
            return line.substring(field.length() + 2).strip();
        }

        /** The next line that is not for the reader. */
        private String next(String wanted) {
            while (at < lines.size()) {
                String line = lines.get(at++);
                if (!line.isBlank() && !line.startsWith("#")) {
                    return line.stripTrailing();
                }
            }
            throw wrong("the file ends where '" + wanted + "' was expected", AGAIN);
        }

        private BadInput wrong(String what, String remedy) {
            return BadInput.of(name + ":" + Math.max(1, at) + ":1", what, remedy);
        }
    }
}
