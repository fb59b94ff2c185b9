package io.dmalab.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.kernel.EventType;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.api.tracepoint.DmaEvents;
import io.dmalab.core.run.Removal;
import io.dmalab.core.run.RunResult;
import io.dmalab.testkit.kit.world.Bench;
import io.dmalab.testkit.kit.world.Scene;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Compatibility kit of {@link DeviceDriver}: a device that is bound, removed, put back and removed again on the kit's own platform. Nobody
 * in the network stack holds packets, so that what is mapped after the removal is the driver's own.
 */
public abstract class DeviceDriverKit extends MachineKit<DeviceDriver> {
    /** After this much time nothing of a removed device is under way any more. */
    private static final long SETTLED_MS = 120_000;

    /** @param id of the driver */
    protected DeviceDriverKit(String id) {
        super(DeviceDriver.class, id);
    }

    /** The traffic that arrives at the device: a workload with its options, as a scenario has it; none unless overridden. */
    protected Optional<String> traffic() {
        return Optional.empty();
    }

    /** For drivers whose device's users keep mappings beyond its removal on purpose. */
    protected boolean usersKeepMappings() {
        return false;
    }

    @Override
    final Scene withExtension() {
        Scene scene = scene().withDriver(configured());
        return traffic().map(scene::withTraffic).orElse(scene);
    }

    @Override
    final Optional<String> place() {
        return Optional.of("devices[0].driver");
    }

    private static List<String> at(String... steps) {
        return List.of(steps);
    }

    private static int pagesInUse(Kernel kernel) {
        int count = 0;
        for (int page = 0; page < kernel.pages().highWater(); page++) {
            count += kernel.pages().refCount(page) > 0 ? 1 : 0;
        }
        return count;
    }

    private static List<FindingRecord> failures(RunResult result) {
        return result.findings().stream().filter(f -> f.kind() == FindingKind.BUG || f.kind() == FindingKind.WARNING).toList();
    }

    // binding

    @Check(rule = "it has a name without blanks", stated = "DeviceDriver.name")
    void hasAName() {
        script(bench -> assertThat(bench.device().driverName()).matches("[A-Za-z0-9_-]{1,32}"));
    }

    @Check(rule = "probe and bring-up work, and nothing is warned about", stated = "DeviceDriver.probe, up")
    void binds() {
        RunResult result = script(bench -> assertThat(bench.device().bound()).isTrue());
        assertThat(failures(result)).as(result::toString).isEmpty();
    }

    @Check(rule = "a device whose masks are all refused is not taken, and nothing of it stays mapped", stated = "DeviceDriver.probe")
    void refusesADeviceWithoutMasks() {
        Scene scene = withExtension().withPlatform("{ id: kit-platform, refuse-masks: on }").withSteps(at("{ at: 1s, do: remove }"));
        RunResult result = emulator().run(request(scene));
        assertThat(result.metric("dma_live")).isZero();
    }

    @Check(rule = "a window that is too small is survived", stated = "DmaApi.MAPPING_ERROR")
    void survivesASmallWindow() {
        for (int entries : List.of(1, 8, 64)) {
            Scene scene = withExtension().withPlatform("{ id: kit-platform, entries: " + entries + " }");
            assertThat(emulator().run(request(scene)).metric("dma_live")).as("mappings at the end of a run with %d entries", entries)
                    .isLessThanOrEqualTo(run().metric("dma_live"));
        }
    }

    @Check(rule = "it can be bound anew without the device leaving", stated = "DeviceDriver.remove, probe")
    void canBeBoundAnew() {
        script(withExtension().withSteps(List.of()), bench -> {
            bench.sleep(100);
            Device device = bench.device();
            for (int i = 0; i < 2; i++) {
                bench.kernel().devices().unbind(device);
                assertThat(device.bound()).isFalse();
                bench.sleep(5000);
                bench.kernel().devices().bind(device);
                assertThat(device.bound()).as("bound for the %d. time", i + 2).isTrue();
                bench.sleep(100);
            }
        });
    }

    // removal

    @Check(rule = "removals end, and succeed", stated = "DeviceDriver.remove")
    void removalsEnd() {
        assertThat(run().removals()).hasSize(2).extracting(Removal::outcome).containsOnly(Removal.REMOVED);
    }

    @Check(rule = "after remove the driver maps nothing", stated = "DeviceDriver.remove, no DMA API call may follow")
    void mapsNothingAfterRemove() {
        assertThat(after(DmaEvents.MAP)).as("times of mappings made after the last removal had returned").isEmpty();
    }

    @Check(rule = "after remove the driver unmaps nothing", stated = "DeviceDriver.remove, no DMA API call may follow")
    void unmapsNothingAfterRemove() {
        assumeFalse(usersKeepMappings(), "users of its device keep mappings on purpose");
        assertThat(run().metric(Metrics.LATE_UNMAPS)).as("late unmaps: %s", run()).isZero();
    }

    /** Times of events after the last removal. */
    private List<Long> after(EventType type) {
        List<Long> times = new ArrayList<>();
        RunResult result = emulator().run(request().withObservers(List.of(new Observer() {
            @Override
            public void event(TraceRecord event) {
                if (event.type().equals(type)) {
                    times.add(event.timeNanos());
                }
            }

            @Override
            public boolean wantsEvents() {
                return true;
            }
        })));
        long end = result.removals().getLast().endNanos().orElseThrow();
        return times.stream().filter(time -> time > end).toList();
    }

    @Check(rule = "what is mapped when nobody holds anything is nothing", stated = "DeviceDriver.remove")
    void nothingStaysMapped() {
        assertThat(run().metric("dma_live")).as("mappings live at the end, streaming and coherent: %s", run()).isZero();
    }

    @Check(rule = "the device's hardware does no DMA through an entry that is not valid", stated = "DmaApi.deviceAccess")
    void noDmaThroughInvalidEntries() {
        assertThat(run().found(FindingKind.EEH_FREEZE)).as(run()::toString).isFalse();
    }

    @Check(rule = "no freed memory is used", stated = "KernelObject")
    void noFreedMemoryIsUsed() {
        assumeFalse(usersKeepMappings(), "users of its device keep mappings on purpose");
        assertThat(run().findings()).as(run()::toString).extracting(FindingRecord::kind).doesNotContain(FindingKind.USE_AFTER_FREE,
                FindingKind.OOPS);
    }

    @Check(rule = "a device that is gone before its driver learns of it is let go", stated = "Device.disconnect")
    void survivesASurprise() {
        RunResult result = script(withExtension().withSteps(List.of()), bench -> {
            Device device = bench.device();
            bench.sleep(50);
            device.disconnect();
            bench.remove(device);
            assertThat(device.bound()).isFalse();
        });
        assertThat(result.metric("dma_live")).as(result::toString).isZero();
    }

    @Check(rule = "a removal at once after the device came up works", stated = "DeviceDriver.up, remove")
    void canBeRemovedAtOnce() {
        RunResult result = emulator().run(request(withExtension().withSteps(at("{ at: 0s, do: remove }"))));
        assertThat(result.removals()).extracting(Removal::outcome).containsOnly(Removal.REMOVED);
        assertThat(result.metric("dma_live")).as(result::toString).isZero();
    }

    @Check(rule = "references on the device are given back", stated = "Device.get, put")
    void referencesAreGivenBack() {
        script(withExtension().withSteps(List.of()), bench -> {
            Device device = bench.device();
            bench.sleep(500);
            bench.remove(device);
            bench.sleep(SETTLED_MS);
            assertThat(device.object().alive()).as("struct device is still there").isFalse();
        });
    }

    @Check(rule = "pages are given back: the second life of the device takes no more than the first", stated = "Pages.put")
    void pagesAreGivenBack() {
        script(withExtension().withSteps(at("{ at: 1000s, do: plug }")), DeviceDriverKit::twoLives);
    }

    private static void twoLives(Bench bench) {
        bench.sleep(500);
        bench.remove(bench.device());
        bench.sleep(SETTLED_MS);
        int first = pagesInUse(bench.kernel());
        assertThat(bench.kernel().devices().all()).isEmpty();
        bench.kernel().devices().bind(bench.platform().plug(Scene.DEVICE, 0));
        bench.sleep(500);
        bench.remove(bench.device());
        bench.sleep(SETTLED_MS);
        assertThat(pagesInUse(bench.kernel())).as("pages in use after the second removal, against the first").isLessThanOrEqualTo(first);
    }
}
