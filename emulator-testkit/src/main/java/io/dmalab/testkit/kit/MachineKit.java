package io.dmalab.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.observe.Observer;
import io.dmalab.core.kernel.ModelFailure;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.Scenario;
import io.dmalab.core.scenario.ScenarioReader;
import io.dmalab.core.scenario.Setting;
import io.dmalab.testkit.kit.world.Scene;
import io.dmalab.testkit.kit.world.Script;
import io.dmalab.testkit.kit.world.Scripts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.TestReporter;
import org.opentest4j.TestAbortedException;

/**
 * What every extension is held to that has a part in a machine's run: the run is a function of scenario and seed, keeps the rules of
 * contexts and of the DMA API's books, and goes on under every kernel profile.
 *
 * @param <T> the SPI
 */
public abstract class MachineKit<T> extends PluginKit<T> {
    private static final int SEEDS = 3;

    MachineKit(Class<T> spi, String id) {
        super(spi, id);
    }

    /** The machine the extension is tried in, the extension left out; overridden by authors whose plugin needs a machine of its own. */
    protected Scene scene() {
        return Scene.basic();
    }

    /** The scene with the extension in its place. */
    abstract Scene withExtension();

    /** Where in a scenario the extension's options stand, e.g. {@code devices[0].driver}; empty if nowhere. */
    abstract Optional<String> place();

    @Override
    final RunRequest request() {
        return request(withExtension());
    }

    final RunRequest request(Scene scene) {
        return observed(emulator().request(ScenarioReader.read(scene.text(), "kit.yaml")));
    }

    /** For the kit of observers, which stand in no scenario. */
    RunRequest observed(RunRequest request) {
        return request;
    }

    @Override
    Optional<RunRequest> withOption(String option, String value) {
        return place().map(place -> request().withSetting(new Setting(place + "." + option, value)));
    }

    /** One run of the machine; asked for again, the same result. */
    final RunResult run(String special, UnaryOperator<RunRequest> change) {
        return shared().run(special, () -> emulator().run(change.apply(request())));
    }

    final RunResult run() {
        return run("", UnaryOperator.identity());
    }

    /** Runs the scene with one more step, at its beginning: the check's own code. What fails in it comes out here as it was thrown. */
    final RunResult script(Scene scene, Script script, Observer... observers) {
        return seeded(scene, 1, script, observers);
    }

    /** As {@link #script(Scene, Script, Observer...)} with another seed. */
    final RunResult seeded(Scene scene, long seed, Script script, Observer... observers) {
        AtomicReference<AssertionError> failure = new AtomicReference<>(new AssertionError("the check's task did not come to its end"));
        long number = Scripts.put(bench -> {
            try {
                script.run(bench);
                failure.set(null);
            } catch (AssertionError e) {
                failure.set(e);
            }
        });
        try {
            List<String> steps = new ArrayList<>(List.of("{ at: 10ms, do: kit-script, script: " + number + " }"));
            steps.addAll(scene.steps());
            RunResult result = emulator().run(request(scene.withSteps(steps)).withSeed(seed).withObservers(List.of(observers)));
            if (failure.get() != null) {
                throw new AssertionError(failure.get().getMessage() + "\n" + result, failure.get());
            }
            return result;
        } catch (ModelFailure e) {
            switch (e.getCause()) {
                case AssertionError broken -> throw broken;
                case TestAbortedException aborted -> throw aborted;
                default -> throw e;
            }
        } finally {
            Scripts.remove(number);
        }
    }

    /** As {@link #script(Scene, Script, Observer...)} with nothing in the scenario but the script. */
    final RunResult script(Script script) {
        return script(withExtension().withSteps(List.of()), script);
    }

    // determinism

    @Check(rule = "the same seed gives the same digest", stated = "docs/determinism.md")
    void sameSeedSameDigest() {
        assertThat(again().digestText()).isEqualTo(run().digestText());
    }

    @Check(rule = "the same seed gives the same digest with the lifetime checker off", stated = "docs/determinism.md")
    void sameSeedSameDigestInProduction() {
        assumeReproducible();
        RunRequest request = request().withKasan(false);
        assertThat(emulator().run(request).digestText()).isEqualTo(run("kasan off", r -> r.withKasan(false)).digestText());
    }

    @Check(rule = "the same seed gives the same counters, findings and log", stated = "docs/determinism.md")
    void sameSeedSameResult() {
        assumeReproducible();
        assertThat(again()).isEqualTo(run());
    }

    @Check(rule = "two machines side by side in threads give the digests that each gives alone", stated = "MachineScoped")
    void machinesDoNotMeet() {
        assumeReproducible();
        RunRequest first = request();
        RunRequest second = request().withSeed(2);
        List<CompletableFuture<RunResult>> both = List.of(CompletableFuture.supplyAsync(() -> emulator().run(first)),
                CompletableFuture.supplyAsync(() -> emulator().run(second)));
        List<String> digests = both.stream().map(CompletableFuture::join).map(RunResult::digestText).toList();
        assertThat(digests).containsExactly(run().digestText(), run("seed 2", r -> r.withSeed(2)).digestText());
    }

    @Check(rule = "being observed changes nothing", stated = "Observer")
    void observationChangesNothing() {
        assumeReproducible();
        RunResult observed = emulator().run(request().withObservers(List.of(new Everything())));
        assertThat(observed.digestText()).isEqualTo(run().digestText());
    }

    @Check(rule = "keeping no log changes nothing", stated = "docs/determinism.md, What enters the digest")
    void quietChangesNothing() {
        assumeReproducible();
        assertThat(emulator().run(request().withoutLog()).digestText()).isEqualTo(run().digestText());
    }

    private RunResult again() {
        return run("again", UnaryOperator.identity());
    }

    private void assumeReproducible() {
        assumeTrue(again().digest() == run().digest(), "the same seed gives different digests, which another check says");
    }

    /** Asks for all there is to see. */
    private static final class Everything implements Observer {
        @Override
        public boolean wantsEvents() {
            return true;
        }

        @Override
        public boolean wantsLives() {
            return true;
        }
    }

    // books

    @Check(rule = "the DMA API's books agree with themselves and with the backend after every event", stated = "DmaApi, IommuBackend.inUse")
    void booksAgreeAfterEveryEvent() {
        run("paranoid", RunRequest::withParanoia);
    }

    @Check(rule = "every mapping made is unmapped, dropped by the policy or live", stated = "DmaApi")
    void everyMapHasAnUnmap() {
        RunResult result = run();
        assertThat(result.metric("dma_maps")).as("maps, against unmaps + live + dropped unmaps")
                .isEqualTo(result.metric("dma_unmaps") + result.metric("dma_live") + result.metric("dma_dropped_unmaps"));
    }

    @Check(rule = "nothing is unmapped twice", stated = "DmaApi")
    void nothingIsUnmappedTwice() {
        finds(FindingKind.DOUBLE_UNMAP);
    }

    @Check(rule = "nothing is freed twice: neither memory nor a packet", stated = "Memory.free, BufferHolder")
    void nothingIsFreedTwice() {
        finds(FindingKind.DOUBLE_FREE);
    }

    @Check(rule = "no memory is corrupted and no entry of another device is cleared", stated = "FindingKind")
    void nothingOfOthersIsTouched() {
        finds(FindingKind.MEMORY_CORRUPTION, FindingKind.FOREIGN_ENTRY_CLEARED);
    }

    // contexts

    @Check(rule = "nobody sleeps in atomic context", stated = "Scheduler")
    void nobodySleepsInAtomicContext() {
        finds(FindingKind.SLEEP_IN_ATOMIC);
    }

    @Check(rule = "locks are taken in one order", stated = "SpinLock")
    void locksHaveAnOrder() {
        finds(FindingKind.LOCK_ORDER);
    }

    @Check(rule = "nobody waits for himself, and every lock taken is given back", stated = "SpinLock, Mutex")
    void noDeadlock() {
        finds(FindingKind.DEADLOCK);
    }

    @Check(rule = "no task hangs for longer than the hung-task limit", stated = "FindingKind")
    void noTaskHangs() {
        assumeFalse(failsByDesign(), "it shows how something fails");
        assertThat(run().findings()).as(run()::toString).filteredOn(f -> f.kind() == FindingKind.HUNG_TASK).isEmpty();
    }

    /** For negative controls: an extension that is there to show how something fails. Its removals need not end, and tasks may hang. */
    protected boolean failsByDesign() {
        return false;
    }

    /** None of these kinds is found, whatever the seed, with the lifetime checker on or off. */
    private void finds(FindingKind... kinds) {
        for (int seed = 1; seed <= SEEDS; seed++) {
            int number = seed;
            RunResult on = seed == 1 ? run() : run("seed " + seed, r -> r.withSeed(number));
            assertThat(on.findings()).as(on::toString).extracting(f -> f.kind()).doesNotContain(kinds);
        }
        RunResult off = run("kasan off", r -> r.withKasan(false));
        assertThat(off.findings()).as(off::toString).extracting(f -> f.kind()).doesNotContain(kinds);
    }

    // other machines

    @Check(rule = "a run ends by itself and not by the limit of events", stated = "Scenario.Limits")
    void endsByItself() {
        assertThat(run().findings()).as(run()::toString).extracting(f -> f.kind()).doesNotContain(FindingKind.LIMIT_REACHED);
    }

    @Check(rule = "it works under every kernel profile", stated = "KernelProfile")
    void worksUnderEveryProfile() {
        KernelProfile.all().stream().filter(profile -> !profile.id().equals(run().kernel()))
                .forEach(profile -> run("kernel " + profile.id(), r -> r.withKernel(profile)));
    }

    @Check(rule = "it works at every tick rate and with exact timers", stated = "Clock")
    void worksAtEveryTickRate() {
        Scenario.TICK_RATES.stream().filter(hz -> hz != run().hz()).forEach(hz -> run("hz " + hz, r -> r.withHz(hz)));
        run("exact", r -> r.withTimers(Scenario.Timers.EXACT));
    }

    @Check(rule = "it works on one CPU and on many", stated = "Scheduler.cpus")
    void worksOnOneCpu() {
        run("1 cpu", r -> r.withSetting(new Setting("cpus", "1")));
        run("64 cpus", r -> r.withSetting(new Setting("cpus", "64")));
    }

    @Check(rule = "it works with pages of 4 KiB and of 64 KiB", stated = "Pages.pageSize")
    void worksWithBothPageSizes() {
        String other = withExtension().pageSize().equals("4KiB") ? "64KiB" : "4KiB";
        run();
        run(other, r -> r.withSetting(new Setting("page-size", other)));
    }

    // figures

    @Check(rule = "how long a run takes is reported, and judged by nobody", stated = "docs/kit.md")
    void reportsItsSpeed(TestReporter reporter) {
        run();
        long start = System.nanoTime();
        long events = emulator().run(request().withoutLog()).events();
        long nanos = System.nanoTime() - start;
        assertThat(events).isPositive();
        report(reporter, "microseconds a run", nanos / 1000);
        report(reporter, "nanoseconds an event", nanos / events);
    }
}
