package io.dmalab.core;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.kernel.EventType;
import io.dmalab.api.timeout.Timeout;
import io.dmalab.api.timeout.TimeoutSource;
import io.dmalab.api.timeout.Timing;
import io.dmalab.core.fiber.Fibers;
import io.dmalab.core.machine.Blueprint;
import io.dmalab.core.machine.Injection;
import io.dmalab.core.machine.Machine;
import io.dmalab.core.kernel.Pulse;
import io.dmalab.core.machine.ScenarioTiming;
import io.dmalab.core.plugin.Culprit;
import io.dmalab.core.plugin.Fingerprint;
import io.dmalab.core.plugin.LoadedPlugin;
import io.dmalab.core.plugin.PluginLoader;
import io.dmalab.core.plugin.PluginProblem;
import io.dmalab.core.plugin.Registered;
import io.dmalab.core.plugin.Versions;
import io.dmalab.core.run.Comparison;
import io.dmalab.core.explore.Plan;
import io.dmalab.core.explore.Schedule;
import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.Explorer;
import io.dmalab.core.run.Progress;
import io.dmalab.core.run.Results;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.run.RunToken;
import io.dmalab.core.run.ScheduleToken;
import io.dmalab.core.run.Sample;
import io.dmalab.core.run.Study;
import io.dmalab.core.run.StudyPlan;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Scenario;
import io.dmalab.core.scenario.ScenarioLibrary;
import io.dmalab.core.scenario.Suggestion;
import io.dmalab.core.schema.ScenarioSchema;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * dmalab as a library: loads the plugins once, then runs any number of machines, from any thread, each on a thread of its own.
 *
 * <p>A test of one's own driver or policy reads like this; {@code emulator-core} and the plugins it needs are on the path:
 *
 * {@snippet :
 * Emulator emulator = Emulator.load();
 * RunResult legacy = emulator.run(emulator.request("dlpar-remove-under-load").withPolicy("legacy"));
 * assertTrue(legacy.found(FindingKind.USE_AFTER_FREE), legacy::toString);
 * RunResult fixed = emulator.run(emulator.request("dlpar-remove-under-load").withPolicy("unmap-at-destroy"));
 * assertTrue(fixed.clean(), fixed::toString);
 * }
 *
 * <p>With {@code --add-opens java.base/java.lang=io.dmalab.core} (on the class path {@code =ALL-UNNAMED}) machines run several times
 * faster, with the same results. Whatever a user got wrong is a {@link BadInput} with a one-line message. Immutable and thread-safe.
 */
public final class Emulator {
    /** The scenario of the mail that dmalab was founded on. */
    public static final String DEFAULT_SCENARIO = "dlpar-remove-under-load";

    private final Injection injection;
    private final ScenarioLibrary library;
    private volatile String model;

    private Emulator(Injection injection, ScenarioLibrary library) {
        this.injection = injection;
        this.library = library;
    }

    /** With the plugins on the module path or class path, and the scenarios that are shipped. */
    public static Emulator load() {
        return load(Optional.empty(), Optional.empty());
    }

    /**
     * @param plugins   folder of drop-in plugin jars; a broken one is among {@link #problems} and the rest are there
     * @param scenarios folder of scenario files, which win over shipped ones of the same name
     */
    public static Emulator load(Optional<Path> plugins, Optional<Path> scenarios) {
        return load(List.of(), plugins, scenarios);
    }

    /**
     * As {@link #load(Optional, Optional)}, with plugins that only the caller knows, such as a test's own: they need be provided by no module
     * and named in no service file.
     *
     * @param own taken in order of id, together with the installed ones
     */
    public static Emulator load(List<EmulatorPlugin> own, Optional<Path> plugins, Optional<Path> scenarios) {
        // read once by the injection library: reflection instead of generated classes, about which this JDK would warn
        System.getProperties().putIfAbsent("guice_bytecode_gen_option", "DISABLED");
        return new Emulator(Injection.of(PluginLoader.load(own, plugins, Injection.injectors())), new ScenarioLibrary(scenarios));
    }

    /** Version of dmalab, {@code dev} if it is not known. */
    public static String version() {
        return Versions.of(Emulator.class);
    }

    /** How machines' tasks are carried here: {@code scheduler} (fast) or {@code handover} (needs no flag, same results). */
    public static String fibers() {
        return Fibers.mechanism();
    }

    /** Version, and a fingerprint of the code that results depend on: {@code 0.1.0+1f2e3d4c}. */
    public String model() {
        if (model == null) {
            List<Class<?>> anchors = new ArrayList<>(List.of(EmulatorPlugin.class, Emulator.class));
            plugins().forEach(plugin -> anchors.add(plugin.type()));
            model = String.format(Locale.ROOT, "%s+%08x", version(), (int) Fingerprint.of(anchors));
        }
        return model;
    }

    // requests

    /** @param scenario id of a scenario, or the path of a YAML file @throws BadInput if there is none, or it cannot be used */
    public RunRequest request(String scenario) {
        return RunRequest.of(library.find(scenario));
    }

    public RunRequest request(Scenario scenario) {
        return RunRequest.of(scenario);
    }

    /** The run that a token stands for. @param scenario its scenario, if that is not in the library */
    public RunRequest request(RunToken token, Optional<Scenario> scenario) {
        return token.request(scenario.orElseGet(() -> library.find(token.scenario())), "token");
    }

    /** What {@code dmalab replay} takes to run this again. */
    public RunToken token(RunRequest request, RunResult result) {
        return RunToken.of(request, result, model());
    }

    // running

    /** Looks whether a request can be run, without running it. @throws BadInput as {@link #run} before the machine is switched on */
    public void check(RunRequest request) {
        Blueprint.of(injection.registry(), request);
    }

    /** Runs one machine to its end. @throws BadInput if the request names what is not there, or options are wrong */
    public RunResult run(RunRequest request) {
        Blueprint blueprint = Blueprint.of(injection.registry(), request);
        RunResult result = MachineThread.call(injection.registry(), "machine " + request.scenario().id(),
                pulse -> Machine.run(injection, blueprint, request, pulse));
        return result.with(token(request, result));
    }

    /**
     * Runs policies on the same seeds.
     *
     * @param request  its seed is the first one, its policy is not used
     * @param policies ids with options, as {@link RunRequest#withPolicy(String)} takes them
     * @param seeds    at least 1
     */
    public Comparison compare(RunRequest request, List<String> policies, int seeds) {
        return compare(policies.stream().map(request::withPolicy).toList(), seeds, Runtime.getRuntime().availableProcessors(),
                Progress.NONE);
    }

    /**
     * Runs variants of a scenario on the same seeds. The result does not depend on {@code jobs}. If the calling thread is interrupted, the
     * seeds that are finished for every variant make up the result, and the thread's interrupt status is set.
     *
     * @param variants at least one; the seed of the first is the first seed
     * @param seeds    at least 1
     * @param jobs     machines that run at the same time, at least 1
     */
    public Comparison compare(List<RunRequest> variants, int seeds, int jobs, Progress progress) {
        return study(StudyPlan.of(variants, seeds), jobs, progress, Results.NONE, (request, sample) -> { }).comparisons().getFirst();
    }

    /**
     * Runs policies on the seeds of several scenarios, or of one with several values. The result does not depend on {@code jobs}. If the
     * calling thread is interrupted, the seeds that are finished for every policy and scenario make up the result, and the thread's
     * interrupt status is set.
     *
     * @param jobs    machines that run at the same time, at least 1
     * @param results runs that are known already, and where new ones are put
     * @param each    gets every run that is part of the result, in order of seed, point and policy, on the calling thread
     * @throws java.util.concurrent.CancellationException if the thread is interrupted before one seed is finished
     */
    public Study study(StudyPlan plan, int jobs, Progress progress, Results results, BiConsumer<RunRequest, Sample> each) {
        return new StudyRun(injection, plan, this::model, results, each).run(jobs, progress);
    }

    /** Every interleaving of one machine until one does harm, within the limits of {@link Plan#DEFAULT}. */
    public Exploration explore(RunRequest request) {
        return explore(request, Plan.DEFAULT, Explorer.Watch.NONE);
    }

    /**
     * Looks at the interleavings of one machine.
     *
     * @param plan  which of them, and how many
     * @param watch told after every execution
     */
    public Exploration explore(RunRequest request, Plan plan, Explorer.Watch watch) {
        return explore(request, plan, 1, watch);
    }

    private Exploration explore(RunRequest request, Plan plan, int jobs, Explorer.Watch watch) {
        return MachineThread.call(injection.registry(), "explorer " + request.scenario().id(),
                pulse -> explorer(request, plan, watch, pulse, jobs).explore(request.policyName()));
    }

    /**
     * Looks at the interleavings of several machines, or of one, with as many machines at the same time as there are jobs. Explorations run
     * side by side; the executions of a single one do if its strategy draws. The results do not depend on {@code jobs}, but for limits of
     * time. If the calling thread is interrupted, explorations that have begun end with what they know, the others are left out, and the
     * thread's interrupt status is set.
     *
     * @param jobs    at least 1
     * @param watches one for each request, told after every execution, each on a thread of its own
     * @return in the order of the requests
     */
    public List<Exploration> explore(List<RunRequest> requests, Plan plan, int jobs, List<? extends Explorer.Watch> watches) {
        int each = requests.size() == 1 ? jobs : 1;
        List<Function<Explorer.Watch, Exploration>> asked = new ArrayList<>();
        requests.forEach(request -> asked.add(watch -> explore(request, plan, each, watch)));
        return new Explorations().run(asked, watches, jobs);
    }

    /**
     * Follows a schedule that an exploration found.
     *
     * @param request what {@link ScheduleToken#request} says
     * @throws io.dmalab.core.explore.ScheduleMismatch if it cannot be followed
     */
    public Exploration follow(RunRequest request, Schedule schedule) {
        return MachineThread.call(injection.registry(), "explorer " + request.scenario().id(),
                pulse -> explorer(request, Plan.DEFAULT, Explorer.Watch.NONE, pulse, 1).follow(request.policyName(), schedule));
    }

    private Explorer explorer(RunRequest request, Plan plan, Explorer.Watch watch, Pulse pulse, int jobs) {
        RunRequest quiet = request.withoutLog();
        Blueprint blueprint = Blueprint.of(injection.registry(), quiet);
        return new Explorer(request.scenario(), plan, setup -> Machine.explore(injection, blueprint, quiet, setup, pulse),
                schedule -> token(request, schedule), watch, jobs);
    }

    /** What {@code dmalab replay} takes to follow this schedule again. */
    public ScheduleToken token(RunRequest request, Schedule schedule) {
        return ScheduleToken.of(request, schedule, model());
    }

    /** What a token of an exploration stands for. @param scenario its scenario, if that is not in the library */
    public RunRequest request(ScheduleToken token, Optional<Scenario> scenario) {
        return token.request(scenario.orElseGet(() -> library.find(token.scenario())), "token");
    }

    /** Small worlds to explore, in order of id. */
    public List<Scenario> worlds() {
        return library.worlds();
    }

    /**
     * Which waits the scenario's machine has under the request's policy, in order of plugin, innermost first. @throws BadInput as
     * {@link #run}
     */
    public List<Timeout> timeouts(RunRequest request) {
        Timing timing = ScenarioTiming.of(Blueprint.of(injection.registry(), request), request);
        return extensions(TimeoutSource.class).stream().flatMap(source -> create(source).timeouts(timing).stream()).toList();
    }

    // what there is

    /** Every scenario, in order of id. @throws BadInput if one cannot be read */
    public List<Scenario> scenarios() {
        return library.all();
    }

    /** The scenario's file. */
    public String scenarioText(String name) {
        return library.find(name).text();
    }

    /** JSON Schema (draft-07) of scenario files, with the options of every loaded plugin. */
    public String scenarioSchema() {
        return ScenarioSchema.of(injection.registry());
    }

    /** In order of id. */
    public List<LoadedPlugin> plugins() {
        return injection.registry().plugins();
    }

    public LoadedPlugin plugin(String id) {
        return injection.registry().plugin(id);
    }

    /** Plugins that could not be used, with the reason. */
    public List<PluginProblem> problems() {
        return injection.registry().problems();
    }

    /** Whose code threw that, if it was a plugin's. */
    public Optional<Culprit> culprit(Throwable failure) {
        return injection.registry().culprits().of(failure);
    }

    /** Every declared type of trace event: the kernel's trace points, then the plugins' own. */
    public List<EventType> eventTypes() {
        return injection.registry().events();
    }

    /** Every implementation of an SPI, in order of id. */
    public <T> List<Registered<T>> extensions(Class<T> spi) {
        return injection.registry().extensions(spi);
    }

    /** @throws BadInput if there is none of that id */
    public <T> Registered<T> extension(Class<T> spi, String id) {
        return injection.registry().find(spi, id).orElseThrow(() -> BadInput.of("'" + id + "'", "no such " + words(spi),
                Suggestion.remedy(id, injection.registry().ids(spi))));
    }

    /** A new instance of an extension that needs no machine. */
    public <T> T create(Registered<T> registered) {
        return injection.create(registered.extension());
    }

    /** FreePolicy: {@code free policy}. */
    private static String words(Class<?> spi) {
        return spi.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    }
}
