package io.dmalab.core.run;

import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.observe.Observer;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Configured;
import io.dmalab.core.scenario.Scenario;
import io.dmalab.core.scenario.ScenarioReader;
import io.dmalab.core.scenario.Setting;
import java.util.ArrayList;
import java.util.List;

/**
 * What is to be run: a scenario, and what is changed in it. Immutable; each {@code with} method returns a new one.
 *
 * {@snippet :
 * RunRequest request = emulator.request("never-read-socket").withPolicy("wait-for-drain,cap=10s").withSeed(7).withKasan(false);
 * }
 */
public final class RunRequest {
    private final Scenario scenario;
    private final Changes changes;
    private final List<Observer> observers;
    private final List<Configured> extensions;
    private final boolean keepsLog;
    private final boolean paranoid;

    private RunRequest(Scenario scenario, Changes changes, List<Observer> observers, List<Configured> extensions, boolean keepsLog,
            boolean paranoid) {
        this.scenario = scenario;
        this.changes = changes;
        this.observers = List.copyOf(observers);
        this.extensions = List.copyOf(extensions);
        this.keepsLog = keepsLog;
        this.paranoid = paranoid;
    }

    /** The scenario as it is written. */
    public static RunRequest of(Scenario scenario) {
        return new RunRequest(scenario, Changes.NONE, List.of(), List.of(), true, false);
    }

    RunRequest with(Changes value) {
        return new RunRequest(scenario, value, observers, extensions, keepsLog, paranoid);
    }

    /**
     * Another policy than the scenario's.
     *
     * @param policy id and options, e.g. {@code wait-for-drain,interval=10ms,cap=5s}
     * @throws BadInput if it has not that form; whether there is such a policy shows when the request is run
     */
    public RunRequest withPolicy(String policy) {
        return with(changes.policy(Configured.parse(policy, "policy")));
    }

    /** As {@link #withPolicy(String)}, with the option of the command line to name in messages. */
    public RunRequest withPolicy(Configured policy) {
        return with(changes.policy(policy));
    }

    /** Another seed of all randomness. */
    public RunRequest withSeed(long seed) {
        return with(changes.seed(seed));
    }

    /** The lifetime checker on, or off as in a production kernel. */
    public RunRequest withKasan(boolean on) {
        return with(changes.kasan(on));
    }

    /** @param profile id of a kernel profile, e.g. {@code v6.14} @throws BadInput if there is none of that id */
    public RunRequest withKernel(String profile) {
        return withKernel(ScenarioReader.profile(profile, "kernel"));
    }

    /** Another kernel profile than the scenario's. */
    public RunRequest withKernel(KernelProfile profile) {
        return with(changes.kernel(profile));
    }

    /** @param hz 100, 250 or 1000 @throws BadInput if it is another number */
    public RunRequest withHz(int hz) {
        if (!Scenario.TICK_RATES.contains(hz)) {
            throw BadInput.of("hz", hz + " is not a kernel's tick rate", "use 100, 250 or 1000");
        }
        return with(changes.hz(hz));
    }

    /** How kernel timers round. */
    public RunRequest withTimers(Scenario.Timers timers) {
        return with(changes.timers(timers));
    }

    /**
     * Another value of anything in the scenario.
     *
     * @throws BadInput if there is no such place in it, or the value is not one for that place
     */
    public RunRequest withSetting(Setting setting) {
        return withSetting(setting, setting.toString());
    }

    /** As {@link #withSetting(Setting)}. @param place shown in messages */
    public RunRequest withSetting(Setting setting, String place) {
        Changes more = changes.setting(setting);
        return new RunRequest(ScenarioReader.read(scenario.text(), place, more.settings()), more, observers, extensions, keepsLog,
                paranoid);
    }

    /** Observers that see the event stream, in this order; called on the machine's thread. */
    public RunRequest withObservers(List<Observer> newObservers) {
        return new RunRequest(scenario, changes, newObservers, extensions, keepsLog, paranoid);
    }

    /**
     * One more {@link Observer} extension of a plugin, made for each run in its machine.
     *
     * @param observer id and options, e.g. {@code ftrace,file=run.trace}
     * @throws BadInput if it has not that form; whether there is such an observer shows when the request is run
     */
    public RunRequest withObserver(String observer) {
        return withObserver(Configured.parse(observer, "observer"));
    }

    /** As {@link #withObserver(String)}, with the option of the command line to name in messages. */
    public RunRequest withObserver(Configured observer) {
        List<Configured> more = new ArrayList<>(extensions);
        more.add(observer);
        return new RunRequest(scenario, changes, observers, more, keepsLog, paranoid);
    }

    /** The result will hold no log lines: for many runs whose figures alone are wanted. */
    public RunRequest withoutLog() {
        return new RunRequest(scenario, changes, observers, extensions, false, paranoid);
    }

    /** After every event the books of the DMA API are held against themselves and against the backends: slow, with the same result. */
    public RunRequest withParanoia() {
        return new RunRequest(scenario, changes, observers, extensions, keepsLog, true);
    }

    public Scenario scenario() {
        return scenario;
    }

    /** What is changed in the scenario. */
    Changes changes() {
        return changes;
    }

    public Configured policy() {
        return changes.policy().orElse(scenario.policy());
    }

    /** Policy with its options, as results name it. */
    public String policyName() {
        return policy().text().orElse(policy().id());
    }

    public long seed() {
        return changes.seed().orElse(scenario.settings().seed());
    }

    public boolean kasan() {
        return changes.kasan().orElse(scenario.memory().kasan());
    }

    public KernelProfile kernel() {
        return changes.kernel().orElse(scenario.kernel());
    }

    public int hz() {
        return changes.hz().orElse(scenario.settings().hz());
    }

    public Scenario.Timers timers() {
        return changes.timers().orElse(scenario.settings().timers());
    }

    public List<Observer> observers() {
        return observers;
    }

    /** Observer extensions, by id and options. */
    public List<Configured> observerExtensions() {
        return extensions;
    }

    public boolean keepsLog() {
        return keepsLog;
    }

    public boolean isParanoid() {
        return paranoid;
    }
}
