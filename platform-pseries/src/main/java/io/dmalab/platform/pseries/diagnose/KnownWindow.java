package io.dmalab.platform.pseries.diagnose;

import io.dmalab.api.diagnose.Place;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A DMA window as enable_ddw reported its creation (formats.md 1.1): the only line of an upstream kernel that ties a LIOBN to a device, an
 * address and a page size.
 *
 * @param device {@code mlx5_core 0018:01:00.0}, empty if the line has no device
 */
record KnownWindow(Place place, String device, long liobn, long base, int pageShift, int windowShift) {
    private static final Pattern CREATED = Pattern.compile("(?:(\\S+ \\S+): )?ibm,create-pe-dma-window\\(\\w+\\) \\w+ \\w+ \\w+ "
            + "([0-9a-f]{1,2}) ([0-9a-f]{1,2}) returned 0 \\(liobn = 0x([0-9a-f]{1,8}) starting addr = ([0-9a-f]{1,8}) ([0-9a-f]{1,8})\\)");

    /** @return null if the line is none */
    static KnownWindow parse(Place place) {
        Matcher matcher = CREATED.matcher(place.text());
        if (!matcher.matches()) {
            return null;
        }
        return new KnownWindow(place, matcher.group(1) == null ? "" : matcher.group(1), Long.parseLong(matcher.group(4), 16),
                Long.parseLong(matcher.group(5), 16) << 32 | Long.parseLong(matcher.group(6), 16),
                Integer.parseInt(matcher.group(2), 16), Integer.parseInt(matcher.group(3), 16));
    }

    String words() {
        return (device.isEmpty() ? "" : "window of " + device + ", ") + "line " + place.line() + ": " + DmaAddress.size(1L << windowShift)
                + " at 0x" + Long.toHexString(base) + " in " + DmaAddress.size(1L << pageShift) + " pages";
    }
}
