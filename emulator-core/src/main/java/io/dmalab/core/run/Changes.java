package io.dmalab.core.run;

import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Configured;
import io.dmalab.core.scenario.Scenario;
import io.dmalab.core.scenario.ScenarioReader;
import io.dmalab.core.scenario.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a run changes in its scenario. Empty: as the scenario says. */
record Changes(Optional<Configured> policy, Optional<Long> seed, Optional<Boolean> kasan, Optional<KernelProfile> kernel,
        Optional<Integer> hz, Optional<Scenario.Timers> timers, List<Setting> settings) {
    static final Changes NONE = new Changes(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
            Optional.empty(), List.of());
    private static final String SET = "set:";

    Changes policy(Configured value) {
        return new Changes(Optional.of(value), seed, kasan, kernel, hz, timers, settings);
    }

    Changes seed(long value) {
        return new Changes(policy, Optional.of(value), kasan, kernel, hz, timers, settings);
    }

    Changes kasan(boolean value) {
        return new Changes(policy, seed, Optional.of(value), kernel, hz, timers, settings);
    }

    Changes kernel(KernelProfile value) {
        return new Changes(policy, seed, kasan, Optional.of(value), hz, timers, settings);
    }

    Changes hz(int value) {
        return new Changes(policy, seed, kasan, kernel, Optional.of(value), timers, settings);
    }

    Changes timers(Scenario.Timers value) {
        return new Changes(policy, seed, kasan, kernel, hz, Optional.of(value), settings);
    }

    Changes setting(Setting value) {
        List<Setting> more = new ArrayList<>(settings);
        more.add(value);
        return new Changes(policy, seed, kasan, kernel, hz, timers, List.copyOf(more));
    }

    /** All but policy and seed, {@code kasan=off,hz=100}; {@code -} if there is none. */
    String text() {
        List<String> parts = new ArrayList<>();
        kasan.ifPresent(on -> parts.add("kasan=" + (on ? "on" : "off")));
        kernel.ifPresent(profile -> parts.add("kernel=" + profile.id()));
        hz.ifPresent(ticks -> parts.add("hz=" + ticks));
        timers.ifPresent(rounding -> parts.add("timers=" + rounding.name().toLowerCase(Locale.ROOT)));
        settings.forEach(setting -> parts.add(SET + escaped(setting.path()) + "=" + escaped(setting.value())));
        return parts.isEmpty() ? "-" : String.join(",", parts);
    }

    /** Applies what {@link #text} wrote. @param place shown in messages */
    static RunRequest apply(String text, RunRequest request, String place) {
        RunRequest changed = request;
        for (String part : text.equals("-") ? new String[0] : text.split(",", -1)) {
            String value = part.substring(part.indexOf('=') + 1);
            if (part.startsWith(SET) && part.contains("=")) {
                changed = changed.withSetting(new Setting(plain(part.substring(SET.length(), part.indexOf('='))), plain(value)), place);
                continue;
            }
            changed = switch (part.substring(0, Math.max(0, part.indexOf('=')))) {
                case "kasan" -> changed.withKasan(value.equals("on"));
                case "kernel" -> changed.with(changed.changes().kernel(ScenarioReader.profile(value, place)));
                case "hz" -> changed.withHz(hz(value, place));
                case "timers" -> changed.withTimers(value.equals("exact") ? Scenario.Timers.EXACT : Scenario.Timers.WHEEL);
                default -> throw BadInput.of(place, "'" + part + "' is no change that a token can hold", "copy the whole token again");
            };
        }
        return changed;
    }

    private static int hz(String value, String place) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw BadInput.of(place, "'hz=" + value + "' is not a number", "copy the whole token again");
        }
    }

    /** Without the characters that have a meaning in the list of changes. */
    private static String escaped(String text) {
        return text.replace("%", "%25").replace(",", "%2C").replace("=", "%3D");
    }

    private static String plain(String text) {
        return text.replace("%3D", "=").replace("%2C", ",").replace("%25", "%");
    }
}
