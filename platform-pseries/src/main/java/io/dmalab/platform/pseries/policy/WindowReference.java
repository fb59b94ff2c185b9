package io.dmalab.platform.pseries.policy;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.policy.DetachStep;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.TableGuard;
import io.dmalab.api.policy.TableHandle;
import io.dmalab.api.policy.TableRelease;
import io.dmalab.api.policy.Verdict;
import io.dmalab.platform.pseries.iommu.DevArchdata;
import io.dmalab.platform.pseries.window.PciDmaSetup;
import io.dmalab.platform.pseries.window.WindowRecord;
import io.dmalab.platform.pseries.window.WindowRemoval;
import jakarta.inject.Inject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Policy {@code window-reference}: mappings hold their table, and the table holds its window. */
public final class WindowReference implements FreePolicy {
    static final String SUMMARY = "mappings hold references on their table, and table and window go together with the last one";
    static final String DESCRIPTION = """
            Mechanism  Each mapping takes a reference on its table, which its unmap drops when it has had its last look at the table. The
                       removal drops the endpoint's own and leaves the window alone. Whoever drops the last reference removes the window
                       and frees the table: the unmapper itself where it may sleep, a worker for it elsewhere.
            Origin     A variant made here: table-reference (free-policies.md P7c) with the window under the same reference. Not proposed.
            Cost       One atomic operation on a line that all CPUs share for each map and for each unmap. Table and window outlive the
                       removal by as long as the last page is held.
            Fails by   Firmware, which takes a window away with the slot: the slot cannot be given back before the last unmap. A page that
                       never comes back: table, window and slot stay for ever.
            """;

    private final PciDmaSetup setup;
    private final WindowRemoval removal;
    /** Windows of devices that have gone, by what their tables are called. */
    private final Map<String, Window> left = new LinkedHashMap<>();

    @Inject
    public WindowReference(PciDmaSetup setup, WindowRemoval removal) {
        this.setup = setup;
        this.removal = removal;
    }

    @Override
    public List<DetachStep> detachPlan() {
        return List.of(DetachStep.RELEASE_TABLES, DetachStep.FORGET_WINDOW);
    }

    @Override
    public TableGuard guardTable(TableHandle table) {
        return new EachMapping(table, new HotPath(table.kernel(), HotPath.ATOMIC_NANOS));
    }

    /** Whoever frees the table later must not look at the device, which may be gone by then: its node says which windows are its own. */
    @Override
    public void deviceGone(Device device) {
        if (device.archdata() instanceof DevArchdata) {
            DeviceNode node = setup.find(device.node());
            if (node != null) {
                names(node).forEach((subject, name) -> left.put(subject, new Window(node, name)));
            }
        }
    }

    /** By its number: an endpoint may have a table of a default window besides. */
    private static Map<String, String> names(DeviceNode node) {
        Map<String, String> names = new LinkedHashMap<>();
        for (String name : List.of(WindowRecord.DIRECT64, WindowRecord.DMA64)) {
            node.property(name).map(WindowRecord::of).ifPresent(window -> names.put(window.subject(), name));
        }
        return names;
    }

    @Override
    public Verdict releaseTable(TableRelease table) {
        Window window = left.remove(table.subject());
        if (window != null) {
            removal.removeNamed(window.node(), false, window.name(), true);
        }
        return Verdict.PROCEED;
    }

    private record Window(DeviceNode node, String name) {}

    private record EachMapping(TableHandle table, HotPath cost) implements TableGuard {
        @Override
        public void mapped(long entries) {
            cost.charge();
            table.get();
        }

        @Override
        public void left(long entries) {
            cost.charge();
            Kernel kernel = table.kernel();
            if (kernel.sched().inAtomic()) {
                table.putLater();
            } else {
                table.put();
            }
        }
    }
}
