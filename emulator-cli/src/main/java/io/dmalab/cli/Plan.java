package io.dmalab.cli;

import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.StudyPlan;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Configured;
import io.dmalab.core.scenario.Options;
import io.dmalab.core.scenario.Scenario;
import io.dmalab.core.scenario.Setting;
import io.dmalab.core.scenario.Suggestion;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads what {@code dmalab compare} is asked to run: scenarios, policies, seeds and the values that are swept. */
final class Plan {
    private static final String ALL = "all";
    private static final String POLICY = "policy.";

    private final Emulator emulator;
    private final Changed changed;

    Plan(Emulator emulator, Changed changed) {
        this.emulator = emulator;
        this.changed = changed;
    }

    /** One value of one key. */
    private record Vary(String key, List<String> values) {
        /** {@code KEY=a,b,c}; commas inside braces and brackets belong to a value. */
        static Vary parse(String text) {
            Setting all = Setting.parse(text, "--vary");
            List<String> values = new ArrayList<>();
            int depth = 0;
            int start = 0;
            for (int i = 0; i <= all.value().length(); i++) {
                char c = i == all.value().length() ? ',' : all.value().charAt(i);
                depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
                if (c == ',' && (depth <= 0 || i == all.value().length())) {
                    values.add(all.value().substring(start, i).strip());
                    start = i + 1;
                }
            }
            if (values.contains("") || Set.copyOf(values).size() < values.size()) {
                throw BadInput.of("--vary", "'" + text + "' has an empty value or one twice", "write KEY=a,b,c");
            }
            return new Vary(all.path(), values);
        }
    }

    /** @param first the first seed, if the command line names it */
    StudyPlan read(List<String> scenarios, List<String> policies, Optional<Long> first, int seeds, List<String> vary) {
        List<Configured> asked = PolicyList.read(emulator, policies);
        List<Vary> sweeps = vary.stream().map(Vary::parse).toList();
        Set<String> keys = new LinkedHashSet<>();
        sweeps.forEach(sweep -> {
            if (!keys.add(sweep.key())) {
                throw BadInput.of("--vary", "'" + sweep.key() + "' is given twice", "give all its values at once");
            }
            checkPolicyOption(sweep, asked);
        });
        List<StudyPlan.Point> points = new ArrayList<>();
        for (Scenario scenario : scenarios(scenarios)) {
            for (Map<String, String> values : product(sweeps)) {
                points.add(point(changed.apply(emulator.request(scenario), first), asked, values));
            }
        }
        return new StudyPlan(points, seeds, policies.contains(PolicyList.ALL) || points.size() > 1);
    }

    private StudyPlan.Point point(RunRequest request, List<Configured> policies, Map<String, String> values) {
        RunRequest set = request;
        for (Map.Entry<String, String> value : values.entrySet()) {
            if (!value.getKey().startsWith(POLICY)) {
                set = set.withSetting(new Setting(value.getKey(), value.getValue()), "--vary " + value.getKey() + "=" + value.getValue());
            }
        }
        List<StudyPlan.Contender> contenders = new ArrayList<>();
        for (Configured policy : policies) {
            contenders.add(new StudyPlan.Contender(PolicyList.name(policy), set.withPolicy(varied(policy, values))));
        }
        return new StudyPlan.Point(values, contenders);
    }

    /** The policy with the swept options that it has. */
    private Configured varied(Configured policy, Map<String, String> values) {
        StringBuilder text = new StringBuilder(PolicyList.name(policy));
        values.forEach((key, value) -> {
            String option = key.startsWith(POLICY) ? key.substring(POLICY.length()) : "";
            if (!option.isEmpty() && options(policy).contains(option)) {
                text.append(',').append(option).append('=').append(value);
            }
        });
        return text.length() == PolicyList.name(policy).length() ? policy : Configured.parse(text.toString(), "--vary");
    }

    private Set<String> options(Configured policy) {
        return emulator.extension(FreePolicy.class, policy.id()).extension().options().map(Options::of).orElse(List.of()).stream()
                .map(Options.Info::name).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private void checkPolicyOption(Vary sweep, List<Configured> policies) {
        if (!sweep.key().startsWith(POLICY)) {
            return;
        }
        String option = sweep.key().substring(POLICY.length());
        Set<String> known = new LinkedHashSet<>();
        policies.forEach(policy -> known.addAll(options(policy)));
        if (!known.contains(option)) {
            throw BadInput.of("--vary", "none of the policies has an option '" + option + "'", Suggestion.remedy(option, known));
        }
        for (Configured policy : policies) {
            if (PolicyList.name(policy).contains("," + option + "=")) {
                throw BadInput.of("--vary", "'" + PolicyList.name(policy) + "' sets " + option + " itself", "give it without, or leave out --vary");
            }
        }
    }

    private List<Scenario> scenarios(List<String> names) {
        Map<String, Scenario> found = new LinkedHashMap<>();
        for (String name : names) {
            if (name.equals(ALL)) {
                emulator.scenarios().forEach(scenario -> found.put(scenario.id(), scenario));
                continue;
            }
            if (isFolder(name)) {
                throw BadInput.of("--scenarios", "'" + name + "' is a folder",
                        "name scenarios here, and the folder with --scenario-folder");
            }
            Scenario scenario = emulator.request(name).scenario();
            if (found.put(scenario.id(), scenario) != null) {
                throw BadInput.of("--scenarios", "two scenarios '" + scenario.id() + "'", "name each once");
            }
        }
        return List.copyOf(found.values());
    }

    private static boolean isFolder(String name) {
        try {
            return Files.isDirectory(Path.of(name));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** Every combination of the values, the last key fastest; one without values if nothing is swept. */
    private static List<Map<String, String>> product(List<Vary> sweeps) {
        List<Map<String, String>> points = List.of(Map.of());
        for (Vary sweep : sweeps) {
            List<Map<String, String>> more = new ArrayList<>();
            for (Map<String, String> point : points) {
                for (String value : sweep.values()) {
                    Map<String, String> next = new LinkedHashMap<>(point);
                    next.put(sweep.key(), value);
                    more.add(next);
                }
            }
            points = more;
        }
        return points;
    }
}
