package io.dmalab.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.core.Emulator;
import io.dmalab.core.plugin.Ban;
import io.dmalab.core.plugin.LoadedPlugin;
import io.dmalab.core.plugin.Registered;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.testkit.kit.PluginCode.Reference;
import io.dmalab.testkit.kit.world.KitPlugin;
import jakarta.inject.Inject;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every extension of a plugin is held to, whatever its SPI: what it is called, its options, its compiled code. The kits of the SPIs
 * extend this; the author of a plugin extends one of those:
 *
 * {@snippet :
 * class PatientKitTest extends FreePolicyKit {
 *     PatientKitTest() {
 *         super("patient");
 *     }
 * }
 * }
 *
 * <p>The plugin is found as in a run: on the module path, on the class path, or as {@link #plugins} says. Each inherited test is one
 * {@linkplain Check rule}; its failure says where the rule is stated. How it is used is in docs/kit.md.
 *
 * @param <T> the SPI
 */
@DisplayNameGeneration(RuleNames.class)
@ExtendWith(KitExtension.class)
public abstract class PluginKit<T> {
    /** Each set of plugins is loaded once; emulators are immutable and thread-safe. */
    private static final Map<List<Class<?>>, Emulator> LOADED = new ConcurrentHashMap<>();

    private final Class<T> spi;
    private final String id;
    private Shared shared = new Shared();

    PluginKit(Class<T> spi, String id) {
        this.spi = spi;
        this.id = id;
    }

    // what the author may say

    /** Plugins under test that are neither provided by a module nor named in a service file; none unless overridden. */
    protected List<EmulatorPlugin> plugins() {
        return List.of();
    }

    /**
     * The extension with the options it is tested with, as a scenario has it: <code>{ id: patient, cap: 5s }</code>. The plain id unless
     * overridden, which needs be where an option has no default.
     */
    protected String configured() {
        return id;
    }

    // what a kit works with

    private static Emulator load(List<EmulatorPlugin> own) {
        List<EmulatorPlugin> all = Stream.concat(Stream.of(new KitPlugin()), own.stream()).toList();
        List<Class<?>> types = all.stream().<Class<?>>map(Object::getClass).toList();
        return LOADED.computeIfAbsent(types, key -> Emulator.load(all, Optional.empty(), Optional.empty()));
    }

    final void share(Shared value) {
        shared = value;
    }

    final Shared shared() {
        return shared;
    }

    final Emulator emulator() {
        return shared.emulator(() -> load(plugins()));
    }

    final String id() {
        return id;
    }

    /** As messages name it. */
    final String name() {
        return spi.getSimpleName() + " '" + id + "'";
    }

    /** The extension under test. */
    final Registered<T> registered() {
        return emulator().extension(spi, id);
    }

    /** There is such an extension: without one, no check means anything. */
    final void requireRegistered() {
        try {
            registered();
        } catch (BadInput unknown) {
            throw new AssertionError(unknown.getMessage() + (emulator().problems().isEmpty() ? ""
                    : "; plugins that could not be used: " + emulator().problems()), unknown);
        }
    }

    final PluginCode code() {
        return shared.code(() -> PluginCode.of(registered().extension().implementation()));
    }

    /** A run in which the extension has its part. */
    abstract RunRequest request();

    /** The same with an option of the extension; empty if its SPI has no place in a scenario. @throws BadInput if there is none such */
    abstract Optional<RunRequest> withOption(String option, String value);

    /** Whether what the extension does is part of a run's digest, so that the list of banned things holds for it. */
    boolean isModel() {
        return true;
    }

    private List<RecordComponent> options() {
        return registered().extension().options().map(record -> List.of(record.getRecordComponents())).orElse(List.of());
    }

    // what it is called

    @Check(rule = "the plugin loads without a problem and registers the extension", stated = "EmulatorPlugin.register")
    void isRegistered() {
        assertThat(registered().id()).isEqualTo(id);
        LoadedPlugin plugin = emulator().plugin(registered().pluginId());
        assertThat(emulator().problems()).filteredOn(problem -> problem.toString().contains(plugin.id())).isEmpty();
    }

    @Check(rule = "the summary is one line of plain text that ends without a full stop", stated = "Extension.summary")
    void hasASummary() {
        assertThat(registered().extension().summary()).isNotBlank().doesNotContain("\n").doesNotEndWith(".").hasSizeLessThan(120);
    }

    @Check(rule = "the description fits a screen's width and has no control characters", stated = "Extension.description")
    void hasAReadableDescription() {
        assertThat(registered().extension().description().lines()).allSatisfy(line -> assertThat(line).matches("\\P{Cntrl}*"));
    }

    @Check(rule = "the plugin has an id, a one-line summary and a version", stated = "EmulatorPlugin")
    void thePluginSaysWhatItIs() {
        LoadedPlugin plugin = emulator().plugin(registered().pluginId());
        assertThat(plugin.summary()).isNotBlank().doesNotContain("\n");
        assertThat(plugin.version()).isNotBlank().doesNotContain(" ");
    }

    @Check(rule = "the implementation has one constructor for injection", stated = "Extension.implementation")
    void canBeMade() {
        Class<?> type = registered().extension().implementation();
        long injected = Arrays.stream(type.getDeclaredConstructors()).filter(c -> c.isAnnotationPresent(Inject.class)).count();
        long plain = Arrays.stream(type.getDeclaredConstructors()).filter(c -> c.getParameterCount() == 0).count();
        assertThat(injected == 1 || injected == 0 && plain == 1).as("%s has %d constructors with @Inject and %d without parameters", type,
                injected, plain).isTrue();
    }

    // options

    @Check(rule = "the options it is tested with are accepted", stated = "Extension.options")
    void acceptsItsOptions() {
        emulator().check(request());
    }

    @Check(rule = "every option has a documentation of one line", stated = "Option.doc")
    void optionsAreDocumented() {
        assertThat(options()).allSatisfy(option -> {
            assertThat(option.getAnnotation(Option.class)).as("@Option of %s", option.getName()).isNotNull();
            assertThat(option.getAnnotation(Option.class).doc()).as(option.getName()).isNotBlank().doesNotContain("\n");
        });
    }

    @Check(rule = "an option that does not exist is refused with one line that names it", stated = "Extension.options")
    void refusesUnknownOptions() {
        assertThat(refusal("no-such-option", "1").orElse("taken")).contains("no-such-option");
    }

    @Check(rule = "a value that is none of an option's type is refused with one line that says where it stands", stated = "Option")
    void refusesWrongValues() {
        for (RecordComponent option : options()) {
            if (!option.getGenericType().getTypeName().contains("java.lang.String")) {
                String name = kebab(option.getName());
                assertThat(refusal(name, "'?!'").orElse("taken")).as("'?!' for %s", name).contains("?!")
                        .containsPattern(name + "|\\d:\\d|^observer: ");
            }
        }
    }

    @Check(rule = "a number far out of range is taken or refused with one line, and nothing else",
            stated = "docs/plugin-guide.md, Extensions")
    void survivesExtremeNumbers() {
        for (RecordComponent option : options()) {
            if (option.getType() == int.class || option.getType() == long.class || option.getType() == double.class) {
                List.of("-1", "0", "-2147483648", "2147483647").forEach(value -> refusal(kebab(option.getName()), value));
            }
        }
    }

    @Check(rule = "a time of forever is taken or refused with one line, and nothing else", stated = "docs/plugin-guide.md, Extensions")
    void survivesForever() {
        for (RecordComponent option : options()) {
            if (option.getType() == Span.class || option.getType() == HoldTime.class) {
                refusal(kebab(option.getName()), "forever");
            }
        }
    }

    /** What is said of a value; empty if it is taken. */
    private Optional<String> refusal(String option, String value) {
        try {
            emulator().check(withOption(option, value).orElseGet(() -> abort("no scenario gives options to this SPI")));
            return Optional.empty();
        } catch (BadInput refused) {
            assertThat(refused.getMessage()).doesNotContain("\n");
            return Optional.of(refused.getMessage());
        }
    }

    private static String kebab(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    // code

    @Check(rule = "the code makes no collections in hash order", stated = "docs/determinism.md")
    void usesNoHashOrder() {
        bans(Ban.HASH_ORDER);
    }

    @Check(rule = "the code uses no collectors in hash order", stated = "docs/determinism.md")
    void usesNoCollectorsInHashOrder() {
        bans(Ban.COLLECTORS);
    }

    @Check(rule = "the code asks for no addresses of objects", stated = "docs/determinism.md")
    void usesNoAddresses() {
        bans(Ban.ADDRESSES);
    }

    @Check(rule = "the code reads no wall clock", stated = "docs/determinism.md")
    void readsNoWallClock() {
        bans(Ban.WALL_CLOCK);
    }

    @Check(rule = "the code draws randomness from the seed alone", stated = "docs/determinism.md")
    void usesNoForeignRandomness() {
        bans(Ban.RANDOMNESS);
    }

    @Check(rule = "the code uses no functions whose last bit may differ", stated = "docs/determinism.md")
    void usesStrictMath() {
        bans(Ban.LAST_BIT);
    }

    @Check(rule = "the code uses no threads", stated = "docs/determinism.md")
    void usesNoThreads() {
        bans(Ban.THREADS);
    }

    @Check(rule = "the code does not depend on the user's locale, charset, zone or environment", stated = "docs/determinism.md")
    void ignoresItsSurroundings() {
        bans(Ban.SURROUNDINGS);
    }

    @Check(rule = "the code has no statics that change", stated = "docs/determinism.md, MachineScoped")
    void hasNoChangingStatics() {
        assertThat(code().statics()).as("static fields that are not final: two machines of one JVM would meet in them").isEmpty();
    }

    /** A figure for the test's report. Printed too, as not every runner shows what is published. */
    final void report(TestReporter reporter, String what, long figure) {
        reporter.publishEntry(name() + ": " + what, Long.toString(figure));
        System.out.println(name() + ": " + figure + " " + what);
    }

    private void bans(Ban ban) {
        assumeTrue(isModel(), "what it does is not part of a run");
        List<Reference> hits = code().references().stream().filter(reference -> ban.covers(reference.member())).toList();
        assertThat(hits).as("uses of %s in %d classes; %s", ban, code().size(), ban.instead()).isEmpty();
    }
}
