package io.dmalab.platform.pseries.window;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.platform.pseries.hvcall.Rtas;
import io.dmalab.platform.pseries.kernel.KernelLog;
import io.dmalab.platform.pseries.pci.PciDn;
import jakarta.inject.Inject;
import java.util.Locale;

/** query_ddw, create_ddw and reset_dma_window of arch/powerpc/platforms/pseries/iommu.c (v6.12; facts: ddw.md 2). Task context. */
@MachineScoped
public final class DdwRtasCalls {
    private static final int[] SHIFTS_LARGEST_FIRST = {34, 28, 27, 26, 25, 24, 21, 16, 12};
    private static final int[] MASK_BITS = {7, 6, 5, 4, 3, 2, 8, 1, 0};

    private final Rtas rtas;
    private final KernelLog log;

    @Inject
    public DdwRtasCalls(Rtas rtas, KernelLog log) {
        this.rtas = rtas;
        this.log = log;
    }

    /**
     * What query answered.
     *
     * @param status   0, or a failure: then the rest means nothing
     * @param windows  windows that can be created still
     * @param block    TCEs of the largest one
     * @param pageMask page sizes offered, as the call encodes them
     */
    public record Query(int status, int windows, long block, int pageMask) {
        /** iommu_get_page_shift(): the largest page size offered, as a shift; 0 if none is known. */
        public int pageShift() {
            for (int i = 0; i < SHIFTS_LARGEST_FIRST.length; i++) {
                if ((pageMask >>> MASK_BITS[i] & 1) != 0) {
                    return SHIFTS_LARGEST_FIRST[i];
                }
            }
            return 0;
        }
    }

    /** What create answered. @param status 0, or a failure: then there is no window */
    public record Created(int status, long liobn, long address) {}

    /** query_ddw(). @param pci the device's own node data, whose config address is used */
    @KernelFunction("query_ddw")
    Query query(Device device, DeviceNode pdn, PciDn pci, int token) {
        int[] rets = new int[DdwProperties.extension(pdn, DdwProperties.EXT_QUERY_OUT_SIZE) == 1 ? 6 : 5];
        int status = rtas.call(DdwProperties.call(token), rets, endpoint(pci));
        int at = 1;
        int windows = rets[at++];
        long block = Integer.toUnsignedLong(rets[at++]);
        if (rets.length == 6) {
            block = block << 32 | Integer.toUnsignedLong(rets[at++]);
        }
        int pageMask = rets[at];
        Query answer = new Query(status, windows, block, pageMask);
        log.info(device, () -> String.format(Locale.ROOT, "ibm,query-pe-dma-windows(%x) %s returned %d, lb=%x ps=%x wn=%d",
                token, words(endpoint(pci)), answer.status, answer.block, answer.pageMask, answer.windows));
        return answer;
    }

    /** create_ddw(): the only one of the calls that is made again while firmware is busy. */
    @KernelFunction("create_ddw")
    Created create(Device device, PciDn pci, int token, int pageShift, int windowShift) {
        int[] where = endpoint(pci);
        int[] args = {where[0], where[1], where[2], pageShift, windowShift};
        int[] rets = new int[4];
        do {
            rtas.call(DdwProperties.call(token), rets, args);
        } while (rtas.busyDelay(rets[0]));
        log.info(device, () -> String.format(Locale.ROOT, "ibm,create-pe-dma-window(%x) %s returned %d (liobn = 0x%x starting addr = %x %x)",
                token, words(args), rets[0], rets[1], rets[2], rets[3]));
        return new Created(rets[0], Integer.toUnsignedLong(rets[1]), (long) rets[2] << 32 | Integer.toUnsignedLong(rets[3]));
    }

    /** reset_dma_window() and its limited-address form. @return 0, the RTAS status, or a negative errno if there is no such call */
    @KernelFunction("reset_dma_window")
    int reset(Device device, DeviceNode pdn, PciDn pci, boolean limitedAddressMode) {
        long token = DdwProperties.extension(pdn, DdwProperties.EXT_RESET);
        if (token <= 0) {
            return (int) token;
        }
        int[] where = endpoint(pci);
        int[] args = limitedAddressMode ? new int[] {where[0], where[1], where[2], 1} : where;
        int status = rtas.call(DdwProperties.call((int) token), args);
        if (status != 0) {
            log.info(device, String.format(Locale.ROOT, "ibm,reset-pe-dma-windows(%x) %s returned %d ", token, words(args), status));
        }
        return status;
    }

    private static int[] endpoint(PciDn pci) {
        long buid = pci.phb().config().buid();
        return new int[] {pci.configAddress(), (int) (buid >>> 32), (int) buid};
    }

    private static String words(int[] words) {
        StringBuilder text = new StringBuilder();
        for (int word : words) {
            text.append(text.isEmpty() ? "" : " ").append(Integer.toHexString(word));
        }
        return text.toString();
    }
}
