package io.dmalab.platform.pseries.window;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.platform.pseries.kernel.PseriesEvents;
import io.dmalab.platform.pseries.hypervisor.Hcall;
import io.dmalab.platform.pseries.iommu.DevArchdata;
import io.dmalab.platform.pseries.iommu.IommuTable;
import io.dmalab.platform.pseries.iommu.IommuTableGroup;
import io.dmalab.platform.pseries.iommu.Order;
import io.dmalab.platform.pseries.iommu.TableParameters;
import io.dmalab.platform.pseries.pci.PciDn;
import java.util.Optional;

/**
 * One run through the decisions of enable_ddw() for an endpoint that has no window yet and has not failed before (v6.12; facts: ddw.md 4,
 * whose step numbers are used). The init mutex is held throughout.
 */
final class DdwAttempt {
    private static final long ALL_ONES = -1L;
    private static final long ROOM_FOR_DYNAMIC = 2L << 30;
    /** The bridge's 32-bit MMIO resource, which dynamic windows keep clear of. */
    private static final long MMIO32_START = 0x8000_0000L;
    private static final long MMIO32_END = 0xffff_0000L;

    private final Kernel kernel;
    private final DdwParts parts;
    private final Device device;
    private final DeviceNode pdn;
    private final PciDn endpoint;
    private final PciDn bridge;
    private final long mask;
    private final boolean pmemory;

    private DdwProperties ddw;
    private DdwRtasCalls.Query query;
    private boolean limited;
    private boolean defaultRemoved;
    private int order;
    private int pageShift;
    private boolean direct;
    private boolean dynamic;
    private long dynamicOffset;
    private WindowRecord record;

    DdwAttempt(Kernel kernel, DdwParts parts, Device device, DeviceNode pdn, long mask, boolean pmemory) {
        this.kernel = kernel;
        this.parts = parts;
        this.device = device;
        this.pdn = pdn;
        this.endpoint = PciDn.of(device.node());
        this.bridge = PciDn.of(pdn);
        this.mask = mask;
        this.pmemory = pmemory;
    }

    /** The window will be used for direct addressing. As in the kernel this stays so if the attempt fails after it was decided. */
    boolean direct() {
        return direct;
    }

    /** log2 of the window's size. */
    int order() {
        return order;
    }

    boolean limited() {
        return limited;
    }

    void run() {
        if (!offered() || !created()) {
            fail();
            return;
        }
        String name = direct ? WindowRecord.DIRECT64 : WindowRecord.DMA64;
        kernel.deviceTree().addProperty(pdn, record.toProperty(name));
        if (direct && !mapRam()) {
            kernel.deviceTree().removeProperty(pdn, name);
            parts.removal().removeByNumber(pdn, ddw, record.liobn());
            fail();
            return;
        }
        if (dynamic) {
            makeTable();
        }
        if (defaultRemoved) {
            forgetDefault();
        }
        parts.windows().add(new DmaWindow(pdn, record, direct));
        device.dmaOffset(record.base());
    }

    /** Steps 3 to 7: what firmware offers, after the default window has made room if need be. */
    private boolean offered() {
        Optional<DdwProperties> found = DdwProperties.of(pdn);
        if (found.isEmpty()) {
            return false;
        }
        ddw = found.get();
        query = parts.calls().query(device, pdn, endpoint, ddw.query());
        if (query.status() != 0 || mask != ALL_ONES && !enterLimitedMode()) {
            return false;
        }
        if (query.windows() == 0 && !giveUpDefault()) {
            return false;
        }
        pageShift = query.pageShift();
        return pageShift != 0;
    }

    /** Step 5. */
    private boolean enterLimitedMode() {
        long reset = DdwProperties.extension(pdn, DdwProperties.EXT_RESET);
        long supported = reset <= 0 ? reset : DdwProperties.extension(pdn, DdwProperties.EXT_LIMITED_ADDR);
        if (supported <= 0) {
            long errno = supported == 0 ? -DdwProperties.EPROTO : supported;
            parts.log().info(device, "Limited Address Space for DDW not Supported, err: " + errno);
            return false;
        }
        limited = parts.calls().reset(device, pdn, endpoint, true) == 0;
        return limited;
    }

    /** Step 6: an endpoint with room for one window gives up the default one, unless it is in use. */
    private boolean giveUpDefault() {
        IommuTable table = bridge.tableGroup().table(0);
        if (table != null && table.inUse()) {
            parts.log().warn(device, "current IOMMU table in use, can't be replaced.");
            return false;
        }
        Optional<WindowRecord> window = WindowRecord.defaultOf(pdn);
        if (window.isEmpty() || DdwProperties.extension(pdn, DdwProperties.EXT_RESET) <= 0) {
            return false;
        }
        parts.removal().removeDefault(pdn, ddw, window.get());
        defaultRemoved = true;
        query = parts.calls().query(device, pdn, endpoint, ddw.query());
        return query.status() == 0 && query.windows() > 0;
    }

    /** Steps 8 to 12. */
    private boolean created() {
        decide();
        DdwRtasCalls.Created window = parts.calls().create(device, endpoint, ddw.create(), pageShift, order);
        if (window.status() != 0) {
            return false;
        }
        record = new WindowRecord(window.liobn(), window.address(), pageShift, order);
        kernel.trace().emit(PseriesEvents.WINDOW, window.liobn(), kernel.trace().text("created"), window.address(), pageShift, order);
        return true;
    }

    /** Steps 8 to 10: direct if the window covers all memory there may ever be, else dynamic, else both. */
    private void decide() {
        int largest = Math.min(Order.base2(query.block()) + pageShift, Long.SIZE - 1 - Long.numberOfLeadingZeros(mask));
        int ramOrder = parts.memory().hotplugMaxOrder();
        int physmemBits = parts.memory().physmemBits();
        order = ramOrder;
        if (pmemory) {
            if (largest >= physmemBits) {
                order = physmemBits;
            } else {
                parts.log().info(device, "Skipping ibm,pmemory");
            }
        }
        if (largest < order) {
            order = largest;
            dynamic = true;
            return;
        }
        direct = !defaultRemoved || order == physmemBits || !pmemory && order == ramOrder;
        if (defaultRemoved && pmemory && !direct) {
            order = largest;
            dynamic = true;
            if (1L << largest >= ROOM_FOR_DYNAMIC + (1L << ramOrder)) {
                direct = true;
                dynamicOffset = 1L << ramOrder;
            }
        }
    }

    /** Step 14: all of RAM at its own offset; from then on a single-window endpoint has no table. */
    private boolean mapRam() {
        long end = Math.min(parts.memory().ramBytes(), parts.memory().hotplugMax());
        long rc = parts.tces().set(record, 0, end);
        if (rc != Hcall.H_SUCCESS) {
            parts.log().info(device, "failed to map DMA window for " + pdn.path() + ": " + rc);
            parts.removal().clean(pdn, record);
            return false;
        }
        if (defaultRemoved) {
            IommuTableGroup group = bridge.tableGroup();
            IommuTable.put(kernel, group.table(0));
            group.table(0, null);
            archdata().tableBase(null);
        }
        return true;
    }

    /**
     * Step 15. As in the kernel the table of a default window that was given up is overwritten without a put if nothing is mapped directly.
     */
    private void makeTable() {
        long start = record.base() + dynamicOffset;
        TableParameters parameters = new TableParameters(bridge.busno(), record.liobn(), start, (1L << order) - dynamicOffset, pageShift,
                bridge.phb(), device);
        // up to 6.12.12 the reservation was passed in bytes, which only matters to windows at low addresses
        int unit = kernel.profile().ddwReservesPages() ? pageShift : 0;
        IommuTable table = parts.tables().create(parameters, parts.ops()).init(MMIO32_START >>> unit, MMIO32_END >>> unit);
        bridge.tableGroup().table(defaultRemoved ? 0 : 1, table);
        archdata().tableBase(table);
    }

    /** Step 16. */
    private void forgetDefault() {
        pdn.property(WindowRecord.DEFAULT).ifPresent(window -> {
            if (pdn.property(WindowRecord.DEFAULT_SAVED).isEmpty()) {
                kernel.deviceTree().addProperty(pdn, window.renamed(WindowRecord.DEFAULT_SAVED));
            }
            kernel.deviceTree().removeProperty(pdn, WindowRecord.DEFAULT);
            parts.log().info(device, "Removed default DMA window for " + pdn.path());
        });
    }

    /** Undo, levels e and f: firmware brings back the default window under its old number, so that the default table works again. */
    private void fail() {
        if (defaultRemoved || limited) {
            parts.calls().reset(device, pdn, endpoint, false);
        }
        parts.windows().fail(pdn);
    }

    private DevArchdata archdata() {
        return (DevArchdata) device.archdata();
    }
}
