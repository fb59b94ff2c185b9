package io.dmalab.platform.pseries.policy;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.TableGuard;
import io.dmalab.api.policy.TableHandle;
import jakarta.inject.Inject;
import java.util.LinkedHashMap;
import java.util.Map;

/** Policy {@code generation-check} (free-policies.md P12c): what an unmap is for must be of the endpoint's present generation. */
public final class GenerationCheck implements FreePolicy {
    static final String SUMMARY = "each unmap compares a generation, and one of an endpoint's earlier life is dropped and counted";
    static final String DESCRIPTION = """
            Mechanism  An endpoint has a generation, which goes up when its device leaves. Who is made for the endpoint carries the
                       generation of that moment: the device structure, or the table (carried-by: table). An unmap compares the two, and
                       if they differ it is dropped and counted: it belongs to an earlier life, whatever has the window's number now.
            Origin     A variant made here, against the reuse of LIOBN and address by a new device. Not proposed. Facts: free-policies.md
                       P12c.
            Cost       One comparison an unmap. A number a device or table. Table and window go as in the legacy kernel.
            Fails by   Its carrier going away. The table's is read from freed memory: entries of others are safe, the read is a use after
                       free. The device's is there as long as somebody holds the device, as page_pool did until 6.16. Below a bridge that
                       stays (drc-type pci) a dropped unmap's entry is never given back.
            """;

    /** Who carries the generation. */
    public enum Carrier { DEVICE, TABLE }

    /** Options. */
    public record Options(
            @Option(value = "device", doc = "who carries the generation that is compared: device or table") Carrier carriedBy) {}

    private final Kernel kernel;
    private final Options options;
    private final HotPath cost;
    /** Present generation of each endpoint, by the path of its node; none is 0. */
    private final Map<String, Integer> present = new LinkedHashMap<>();
    private final Map<Device, Integer> carried = new LinkedHashMap<>();

    @Inject
    public GenerationCheck(Kernel kernel, Options options) {
        this.kernel = kernel;
        this.options = options;
        this.cost = new HotPath(kernel, HotPath.FLAG_TEST_NANOS);
    }

    @Override
    public boolean watchesMappings() {
        return options.carriedBy() == Carrier.DEVICE;
    }

    @Override
    public void mapped(Device device, long dmaAddress, long bytes, DmaDirection direction) {
        if (device.bound()) {
            carried.computeIfAbsent(device, d -> present(d));
        }
    }

    @Override
    public void deviceGone(Device device) {
        present.merge(device.node().path(), 1, Integer::sum);
    }

    @Override
    public boolean unmapping(Device device, long dmaAddress, long bytes, DmaDirection direction) {
        cost.charge();
        device.object().read("archdata.generation");
        boolean current = carried.getOrDefault(device, 0) == present(device);
        if (!current) {
            say(device.name());
        }
        return current;
    }

    @Override
    public TableGuard guardTable(TableHandle table) {
        return options.carriedBy() == Carrier.TABLE ? new Stamp(table) : TableGuard.NONE;
    }

    private int present(Device device) {
        return present.getOrDefault(device.node().path(), 0);
    }

    private void say(String whose) {
        if (kernel.printk().ratelimit("dma_iommu_unmap_page")) {
            kernel.printk().warn("dma_iommu_unmap_page: unmap of an earlier generation of " + whose + " dropped");
        }
    }

    /** The table's generation: it is the present one until the endpoint gives the table up. */
    private final class Stamp implements TableGuard {
        private final TableHandle table;
        private boolean past;

        Stamp(TableHandle table) {
            this.table = table;
        }

        @Override
        public boolean unmapping(long entries) {
            cost.charge();
            if (past) {
                say(table.subject());
            }
            return !past;
        }

        @Override
        public void ownerLeaves() {
            past = true;
        }
    }
}
