package io.dmalab.core.scenario;

import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelProfile;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apiguardian.api.API;

/** Reads a scenario file. Ids of extensions and their options are checked later, when the plugins are known. */
@API(status = API.Status.INTERNAL, since = "0.1")
public final class ScenarioReader {
    private static final String TOO_MUCH = "the shares add up to more than 1";

    private static final String CLEAN = "clean";

    private ScenarioReader() {}

    /** @throws BadInput with the place of the first problem */
    public static Scenario read(Path file) {
        return read(YamlFile.text(file), file.toString());
    }

    /** @param name of the file, shown in messages */
    public static Scenario read(String text, String name) {
        return read(text, name, List.of());
    }

    /** As {@link #read(String, String)}, with other values in some places. @throws BadInput if there is no such place */
    public static Scenario read(String text, String name, List<Setting> settings) {
        YamlMap map = YamlFile.parse(text, name);
        for (Setting setting : settings) {
            map = setting.in(map.place());
        }
        return read(map, text, name);
    }

    private static Scenario read(YamlMap map, String text, String name) {
        YamlValue id = map.require("scenario");
        String summary = map.take("summary").map(YamlValue::text).orElse("");
        String story = map.take("story").map(YamlValue::text).orElse("");
        YamlValue kernelPlace = map.placeOf("kernel");
        Scenario.Settings settings = section(map, Scenario.Settings.class);
        KernelProfile kernel = profile(settings.kernel(), kernelPlace);
        Scenario.Memory memory = section(map, "memory", Scenario.Memory.class);
        Scenario.Limits limits = section(map, "limits", Scenario.Limits.class);
        Scenario.Exploration exploration = section(map, "explore", Scenario.Exploration.class);
        Scenario scenario = new Scenario(id.text(), summary, story, settings, kernel, memory, limits, exploration,
                map.take("platform").map(Configured::read).orElseGet(() -> Configured.parse("pseries", name)),
                devices(map), holders(map), list(map, "notifiers").stream().map(Configured::read).toList(), steps(map),
                map.take("policy").map(Configured::read).orElseGet(() -> Configured.parse("legacy", name)),
                expect(map), text);
        map.end();
        return scenario;
    }

    /** @throws BadInput if there is no such profile */
    public static KernelProfile profile(String id, String place) {
        return KernelProfile.all().stream().filter(p -> p.id().equals(id)).findFirst()
                .orElseThrow(() -> BadInput.of(place, "unknown kernel profile '" + id + "'", Suggestion.remedy(id, profiles())));
    }

    private static KernelProfile profile(String id, YamlValue place) {
        return KernelProfile.all().stream().filter(p -> p.id().equals(id)).findFirst()
                .orElseThrow(() -> place.bad("unknown kernel profile '" + id + "'", Suggestion.remedy(id, profiles())));
    }

    static List<String> profiles() {
        return KernelProfile.all().stream().map(KernelProfile::id).toList();
    }

    /** The plain values among the keys of the scenario itself. */
    private static <R extends Record> R section(YamlMap map, Class<R> type) {
        YamlMap own = new YamlMap(map.place());
        for (RecordComponent component : type.getRecordComponents()) {
            String key = Values.kebab(component.getName());
            map.take(key).ifPresent(value -> own.put(value.key(key), value));
        }
        return type.cast(OptionsBinder.bind(type, own));
    }

    private static <R extends Record> R section(YamlMap map, String key, Class<R> type) {
        return type.cast(map.take(key).map(v -> OptionsBinder.bind(type, v.map()))
                .orElseGet(() -> OptionsBinder.defaults(type, map.place())));
    }

    private static List<YamlValue> list(YamlMap map, String key) {
        return map.take(key).map(YamlValue::list).orElse(List.of());
    }

    private static List<Scenario.Device> devices(YamlMap map) {
        List<Scenario.Device> devices = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (YamlValue value : map.require("devices").list()) {
            YamlMap one = value.map();
            YamlValue name = one.require("name");
            if (names.contains(name.text())) {
                throw name.bad("a second device '" + name.text() + "'", "give each device a name of its own");
            }
            names.add(name.text());
            devices.add(new Scenario.Device(name.text(), Configured.read(one.require("driver")), one.take("traffic")
                    .map(Configured::read)));
            one.end();
        }
        return devices;
    }

    private static List<Scenario.Holder> holders(YamlMap map) {
        List<Scenario.Holder> holders = new ArrayList<>();
        double sum = 0;
        for (YamlValue value : list(map, "holders")) {
            YamlValue share = value.map().require("share");
            double fraction = (Double) Values.read(double.class, share);
            if (!(fraction >= 0 && fraction <= 1)) {
                throw share.bad("a share of " + share.text() + " is out of range", "use 0 to 1, a fraction of the received packets");
            }
            sum += fraction;
            if (sum > 1 + 1e-9) {
                throw share.bad(TOO_MUCH, "lower one; what is left over is freed at once");
            }
            holders.add(new Scenario.Holder(fraction, Configured.read(value, "id")));
        }
        return holders;
    }

    private static List<Scenario.Step> steps(YamlMap map) {
        List<Scenario.Step> steps = new ArrayList<>();
        for (YamlValue value : list(map, "steps")) {
            Span at = (Span) Values.read(Span.class, value.map().require("at"));
            steps.add(new Scenario.Step(at, Configured.read(value, "do")));
        }
        return steps;
    }

    private static Map<String, List<FindingKind>> expect(YamlMap map) {
        Map<String, List<FindingKind>> expect = new TreeMap<>();
        Map<String, FindingKind> kinds = Arrays.stream(FindingKind.values()).collect(Collectors.toMap(FindingKind::toString, k -> k));
        map.take("expect").ifPresent(value -> {
            YamlMap policies = value.map();
            for (String policy : policies.keys()) {
                List<FindingKind> found = new ArrayList<>();
                for (YamlValue kind : policies.require(policy).list()) {
                    if (kind.text().equals(CLEAN)) {
                        continue;
                    }
                    FindingKind known = kinds.get(kind.text());
                    if (known == null) {
                        List<String> names = Stream.concat(Stream.of(CLEAN), kinds.keySet().stream()).toList();
                        throw kind.bad("unknown finding " + BadInput.quote(kind.text()), Suggestion.remedy(kind.text(), names));
                    }
                    found.add(known);
                }
                expect.put(policy, List.copyOf(found));
            }
        });
        return expect;
    }
}
