package io.dmalab.platform.pseries.diagnose;

import io.dmalab.api.diagnose.CallTrace;
import io.dmalab.api.diagnose.Diagnosis.Field;
import io.dmalab.api.diagnose.Place;
import io.dmalab.platform.pseries.hypervisor.Hcall;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The block that a refused TCE call prints (facts: tce-hcalls.md 8): upstream's rc, index, npages or tcenum, and the seed's instrumented
 * one with limit, tce, pgshift and tbl.
 */
final class TceBlock {
    private static final Pattern HEAD = Pattern.compile("(tce_(?:free|freemulti)_pSeriesLP): plpar_tce_(?:stuff|put) failed(?:\\. rc=(-?\\d{1,18}))?.*");
    private static final Pattern FIELD = Pattern.compile("(rc|index|limit|tcenum|tce|pgshift|npages|tbl)\\s*=\\s*(-?\\d{1,18}|(?:0x)?[0-9a-f]{1,16})\\s*");
    private static final List<String> INSTRUMENTED = List.of("limit", "tce", "pgshift", "tbl");

    final Place head;
    /** The log begins behind the block's first line: neither that nor, perhaps, the return code is there. */
    final boolean headless;
    private String function;
    final List<Place> lines = new ArrayList<>();
    private final Map<String, String> values = new LinkedHashMap<>();
    CallTrace trace;

    private TceBlock(Place head, String function) {
        this.head = head;
        this.function = function;
        this.headless = function.isEmpty();
        if (!headless) {
            lines.add(head);
        }
    }

    /** @return null if no block begins here */
    static TceBlock begins(Place place) {
        if (!place.text().startsWith("tce_free")) {
            return null;
        }
        Matcher matcher = HEAD.matcher(place.text());
        if (!matcher.matches()) {
            return null;
        }
        TceBlock block = new TceBlock(place, matcher.group(1));
        if (matcher.group(2) != null) {
            block.values.put("rc", matcher.group(2));
        }
        return block;
    }

    /** The rest of a block of which the log has only that: fields, if any, and a stack that names the function. */
    static TceBlock rest(Place first) {
        return new TceBlock(first, "");
    }

    void stack(CallTrace stack) {
        trace = stack;
        if (headless) {
            function = stack.functions().stream().filter(f -> f.startsWith("tce_free")).findFirst().orElse("");
        }
    }

    /** Takes a line of the block; each field once. */
    void line(Place place) {
        Matcher matcher = trace == null ? field(place) : null;
        if (matcher != null && values.putIfAbsent(matcher.group(1), matcher.group(2)) == null) {
            lines.add(place);
        }
    }

    static boolean isField(Place place) {
        return field(place) != null;
    }

    private static Matcher field(Place place) {
        Matcher matcher = place.text().indexOf('=') > 0 ? FIELD.matcher(place.text()) : null;
        return matcher != null && matcher.matches() ? matcher : null;
    }

    /** Refused because the window is gone; other codes have other causes. Only refused calls have such a stack, whatever the code. */
    boolean refused() {
        Long rc = value("rc");
        return rc == null ? headless && trace != null : rc == Hcall.H_PARAMETER || rc == Hcall.H_RESCINDED;
    }

    boolean instrumented() {
        return values.keySet().stream().anyMatch(INSTRUMENTED::contains);
    }

    /** @return null if the block has none, or it is damaged */
    Long value(String name) {
        String raw = values.get(name);
        if (raw == null) {
            return null;
        }
        try {
            return raw.startsWith("0x") ? Long.parseUnsignedLong(raw.substring(2), 16) : Long.parseLong(raw);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private int shift() {
        Long shift = value("pgshift");
        return shift == null || shift < 12 || shift > 40 ? -1 : shift.intValue();
    }

    /** @param window of the block's LIOBN, null if the log does not show its creation */
    List<Field> fields(KnownWindow window) {
        List<Field> fields = new ArrayList<>();
        fields.add(new Field("function", function, function.equals("tce_freemulti_pSeriesLP")
                ? "clears entries with H_STUFF_TCE, at most 512 a call" : "clears entries one by one with H_PUT_TCE"));
        if (!values.containsKey("rc")) {
            fields.add(new Field("rc", "-", "not in the log, which begins behind it; H_PARAMETER is the usual one"));
        }
        values.forEach((name, raw) -> {
            Long value = value(name);
            if (value != null || name.equals("tbl")) {
                fields.add(field(name, raw, value == null ? 0 : value, window));
            }
        });
        if (!values.containsKey("tce") && !values.containsKey("tcenum")) {
            fields.add(new Field("DMA address", "-", "not decodable: this kernel's layout has no address"
                    + (window == null ? " and no page size" : "") + "; the event dma:dma_unmap_page has it (6.12 and later)"));
        }
        return fields;
    }

    private Field field(String name, String raw, long value, KnownWindow window) {
        return switch (name) {
            case "rc" -> new Field(name, raw, Hcall.name(value) + (value == Hcall.H_PARAMETER
                    ? ": the hypervisor knows no such LIOBN (any more), or the address is outside its window"
                    : ": the resource has been taken back by its owner"));
            case "index" -> new Field(name, raw, "LIOBN, the hypervisor's number of the DMA window"
                    + (window == null ? "" : "; " + window.words()));
            case "limit" -> new Field(name, raw, value + (value == 1 ? " entry" : " entries") + " in the call that failed");
            case "tce" -> new Field(name, raw, "DMA address, " + DmaAddress.words(value, shift(), window));
            case "tcenum" -> new Field(name, raw, "entry counted from address 0; " + DmaAddress.entryWords(value, window));
            case "pgshift" -> DmaAddress.pageShift(raw, value);
            case "npages" -> new Field(name, raw, value + (value == 1 ? " entry" : " entries") + " in the whole unmap"
                    + (shift() > 0 && value > 0 && value < 1 << 20 ? ": " + DmaAddress.size(value << shift()) : ""));
            default -> new Field(name, raw, "hashed address (%p) of the struct iommu_table; tells tables apart, nothing else");
        };
    }
}
