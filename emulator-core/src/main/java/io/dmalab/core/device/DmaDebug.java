package io.dmalab.core.device;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.HotplugEvent;
import io.dmalab.api.device.HotplugEvent.DeviceChanged;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.device.NotifierChain;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.kernel.Kernel;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What a kernel with CONFIG_DMA_API_DEBUG says (kernel/dma/debug.c, v6.14): stacks of those who map, leaked mappings at unbind,
 * unmaps that do not fit. Making one turns it on. As in the kernel one error is shown and the rest are only counted. Left out:
 * checks of syncs, of memory that overlaps or is no DMA memory, and of drivers that ignore mapping errors.
 */
public final class DmaDebug implements HotplugNotifier {
    /** DMA_DEBUG_STACKTRACE_ENTRIES. */
    private static final int STACK_ENTRIES = 5;
    /** HASH_FN_SHIFT and HASH_FN_MASK: the order in which the kernel comes upon the entries. */
    private static final int BUCKET_SHIFT = 13;
    private static final int BUCKET_MASK = 16383;

    private final Kernel kernel;
    private final DmaLedger ledger;
    private final StackSource stacks;
    private int errorsToShow = 1;
    private int errors;

    /** A stack kept in the ledger. */
    record Trace(List<String> functions) {}

    /** Puts itself into the ledger and on the bus chain (dma_debug_add_bus). */
    public DmaDebug(Kernel kernel, DmaLedger ledger, NotifierChain busChain, StackSource stacks) {
        this.kernel = kernel;
        this.ledger = ledger;
        this.stacks = stacks;
        ledger.debug = this;
        busChain.register(this);
    }

    /** error_count: errors so far, shown or not. */
    public int errors() {
        return errors;
    }

    @KernelFunction("debug_dma_map_page")
    Trace stackOfMapPage() {
        return new Trace(stacks.capture(STACK_ENTRIES));
    }

    @KernelFunction("debug_dma_alloc_coherent")
    Trace stackOfAllocCoherent() {
        return new Trace(stacks.capture(STACK_ENTRIES));
    }

    /** Looks for leaked mappings when a driver has let go of its device. */
    @Override
    @KernelFunction("dma_debug_device_change")
    public Answer notify(HotplugEvent event) {
        if (!(event instanceof DeviceChanged change) || change.phase() != DeviceChanged.Phase.UNBOUND) {
            return Answer.DONE;
        }
        DeviceImpl device = DeviceImpl.of(change.device());
        List<DmaLedger.Live> live = ledger.snapshot(device);
        if (!live.isEmpty()) {
            leaked(device, live);
        }
        return Answer.DONE;
    }

    private void leaked(DeviceImpl device, List<DmaLedger.Live> live) {
        DmaLedger.Live sample = lastInHash(live);
        error("dma_debug_device_change", device, sample.stack(), String.format(Locale.ROOT,
                "device driver has pending DMA allocations while released from device [count=%d]\n"
                        + "One of leaked entries details: %s [size=%d bytes] [mapped with DMA_%s] [mapped as %s]",
                live.size(), at(sample.address()), sample.bytes(), sample.direction(), type(sample.coherent())));
    }

    /** The kernel goes through its buckets and keeps the last entry it sees. */
    private static DmaLedger.Live lastInHash(List<DmaLedger.Live> oldestFirst) {
        return oldestFirst.stream()
                .max(Comparator.comparingLong((DmaLedger.Live live) -> live.address() >>> BUCKET_SHIFT & BUCKET_MASK)
                        .thenComparingLong(DmaLedger.Live::sinceNanos))
                .orElseThrow();
    }

    /** check_unmap() found no entry. */
    @KernelFunction("check_unmap")
    void unknown(DeviceImpl device, long address, long bytes) {
        error("check_unmap", device, List.of(), address == DmaApi.MAPPING_ERROR
                ? "device driver tries to free an invalid DMA memory address"
                : "device driver tries to free DMA memory it has not allocated " + at(address) + " [size=" + bytes + " bytes]");
    }

    /** check_unmap() found an entry that differs. */
    @KernelFunction("check_unmap")
    void differs(DeviceImpl device, DmaLedger.Live entry, long mapped, long unmapped) {
        String address = at(entry.address());
        String size = " [size=" + MappingTable.bytes(unmapped) + " bytes]";
        if (MappingTable.bytes(mapped) != MappingTable.bytes(unmapped)) {
            error("check_unmap", device, entry.stack(), "device driver frees DMA memory with different size " + address
                    + " [map size=" + MappingTable.bytes(mapped) + " bytes] [unmap size=" + MappingTable.bytes(unmapped) + " bytes]");
        }
        if (((mapped ^ unmapped) & MappingTable.COHERENT) != 0) {
            error("check_unmap", device, entry.stack(), "device driver frees DMA memory with wrong function " + address + size
                    + " [mapped as " + type((mapped & MappingTable.COHERENT) != 0) + "] [unmapped as "
                    + type((unmapped & MappingTable.COHERENT) != 0) + "]");
        }
        if (MappingTable.direction(mapped) != MappingTable.direction(unmapped)) {
            error("check_unmap", device, entry.stack(), "device driver frees DMA memory with different direction " + address + size
                    + " [mapped with DMA_" + LedgerCheck.direction(mapped) + "] [unmapped with DMA_" + LedgerCheck.direction(unmapped)
                    + "]");
        }
    }

    private static String at(long address) {
        return String.format(Locale.ROOT, "[device address=0x%016x]", address);
    }

    private static String type(boolean coherent) {
        return coherent ? "coherent" : "single";
    }

    /** err_printk(): a warning with the stack of the entry's mapping behind it. */
    private void error(String function, DeviceImpl device, List<String> stack, String message) {
        errors++;
        if (errorsToShow == 0) {
            return;
        }
        errorsToShow--;
        kernel.printk().warnOn(function, "DMA-API: " + device.driverString() + " " + device.name() + ": " + message);
        if (!stack.isEmpty()) {
            kernel.printk().warn("DMA-API: Mapped at:");
            for (String frame : stack) {
                kernel.printk().warn(" " + frame);
            }
        }
    }
}
