package io.dmalab.platform.pseries.window;

import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.Property;
import io.dmalab.platform.pseries.hypervisor.RtasCall;
import java.util.Optional;

/**
 * What firmware says about its window calls (arch/powerpc/platforms/pseries/iommu.c, v6.12; facts: ddw.md 1).
 *
 * @param query  token of ibm,query-pe-dma-window
 * @param create token of ibm,create-pe-dma-window
 * @param remove token of ibm,remove-pe-dma-window
 */
public record DdwProperties(int query, int create, int remove) {
    public static final String APPLICABLE = "ibm,ddw-applicable";
    public static final String EXTENSIONS = "ibm,ddw-extensions";
    /** Extension: token of ibm,reset-pe-dma-windows. */
    public static final int EXT_RESET = 1;
    /** Extension: 1 if query may return six words. */
    public static final int EXT_QUERY_OUT_SIZE = 2;
    /** Extension: nonzero if there is a limited address mode. */
    public static final int EXT_LIMITED_ADDR = 3;

    public static final int EINVAL = 22;
    public static final int ENODATA = 61;
    public static final int EOVERFLOW = 75;
    public static final int EPROTO = 71;

    /** The node's tokens; empty if the property is missing or short. */
    public static Optional<DdwProperties> of(DeviceNode node) {
        return node.property(APPLICABLE).filter(p -> p.length() >= 12).map(p -> new DdwProperties(p.cell(0), p.cell(1), p.cell(2)));
    }

    /** ddw_read_ext(): the extension's value as an unsigned number, or a negative errno. @param number 1 or more */
    public static long extension(DeviceNode node, int number) {
        Optional<Property> property = node.property(EXTENSIONS);
        if (property.isEmpty()) {
            return -EINVAL;
        }
        int[] cells = property.get().cells();
        if (cells.length == 0) {
            return -ENODATA;
        }
        if (cells[0] < number || cells.length <= number) {
            return -EOVERFLOW;
        }
        return Integer.toUnsignedLong(cells[number]);
    }

    /** The call that a token of the device tree stands for. @throws IllegalStateException if the tree names none */
    static RtasCall call(int token) {
        RtasCall call = RtasCall.ofToken(token);
        if (call == null) {
            throw new IllegalStateException("the device tree has RTAS token 0x" + Integer.toHexString(token) + ", which no call has");
        }
        return call;
    }
}
