package io.dmalab.netstack.diagnose;

import io.dmalab.api.diagnose.CallTrace;
import io.dmalab.api.diagnose.Complaint;
import io.dmalab.api.diagnose.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One page that the allocator refused to take back since its magic word is a page_pool's (mm/page_alloc.c, mm/debug.c). The raw words are
 * those of struct page: flags, pp_magic, pp, padding, dma_addr, pp_ref_count, on 32 bits as on 64.
 */
final class PageDump {
    private static final int MAGIC = 1;
    private static final int POOL = 2;
    private static final int DMA_ADDRESS = 4;
    private static final int REFERENCES = 5;
    private static final int WIDE_DIGITS = 16;
    private static final int MAPPING_ID_SHIFT = 7;
    /** The signature without POISON_POINTER_DELTA, and the bits below a mapping's id that say so; the lowest two mean something else. */
    private static final long SIGNATURE = 0x40;
    private static final long SIGNATURE_BITS = 0x7c;
    /** What v6.16 compares on 32 bits: 23 bits are left to the id, and the two topmost are compared. */
    static final long NARROW_MASK = 0xc000_007cL;
    private static final Pattern HEAD = Pattern.compile("BUG: Bad page state in process .+? +pfn:([0-9a-f]+).*");
    /** Functions of the page allocator and of put_page(): who called them freed the page. */
    private static final List<String> ALLOCATOR = List.of("bad_page", "free_page_is_bad", "free_unref_", "free_frozen_", "__free_", "free_pages_",
            "free_pcppages_", "free_compound_page", "free_the_page", "destroy_large_folio", "__folio_put", "folio_put", "__put_page", "put_page",
            "release_pages", "memblock_free_");

    final Place place;
    private final List<String> words;
    private Complaint complaint;
    private CallTrace trace;

    /** @param place the line that says why the page was dumped @param words raw words, as printed */
    PageDump(Place place, List<String> words) {
        this.place = place;
        this.words = List.copyOf(words);
    }

    /** Whether the report that began with this complaint still lacks its stack. */
    boolean awaits(Complaint head) {
        return complaint == null && head.place().line() < place.line();
    }

    void begunBy(Complaint head, CallTrace stack) {
        complaint = head;
        trace = stack;
    }

    String process() {
        return complaint == null ? "" : complaint.subject();
    }

    String frame() {
        Matcher matcher = HEAD.matcher(complaint == null ? "" : complaint.place().text());
        return matcher.matches() ? matcher.group(1) : "";
    }

    CallTrace trace() {
        return trace;
    }

    List<Place> evidence() {
        List<Place> places = new ArrayList<>();
        if (complaint != null) {
            places.add(complaint.place());
        }
        places.add(place);
        if (trace != null) {
            places.add(trace.place());
        }
        return places;
    }

    /** Whoever gave the page to the allocator, and its callers; empty without a stack. */
    List<String> freedBy() {
        return trace == null ? List.of() : trace.functions().stream().dropWhile(f -> ALLOCATOR.stream().anyMatch(f::startsWith)).toList();
    }

    // the words

    private boolean has(int word) {
        return words.size() > word;
    }

    private long value(int word) {
        return Long.parseUnsignedLong(words.get(word), 16);
    }

    boolean wide() {
        return has(MAGIC) && words.get(MAGIC).length() == WIDE_DIGITS;
    }

    /** As printed; empty if the dump has no words. */
    String magic() {
        return has(MAGIC) ? words.get(MAGIC) : "";
    }

    String pool() {
        return has(POOL) ? words.get(POOL) : "";
    }

    String dmaAddress() {
        return has(DMA_ADDRESS) ? words.get(DMA_ADDRESS) : "";
    }

    boolean mapped() {
        return has(DMA_ADDRESS) && value(DMA_ADDRESS) != 0;
    }

    String references() {
        return has(REFERENCES) ? words.get(REFERENCES) : "";
    }

    /** The id of the page's mapping that a pool which tracks its mappings keeps in the magic word; 0 if there is none. */
    long mappingId() {
        long bits = value(MAGIC) >>> MAPPING_ID_SHIFT;
        if (!wide()) {
            return bits & 0x7f_ffff;
        }
        // where POISON_POINTER_DELTA begins: bit 28 on powerpc (0x5deadbeef0000000), bit 48 elsewhere (0xdead000000000000)
        return words.get(MAGIC).startsWith("5deadbee") ? bits & 0x1f_ffff : bits & 0xffff_ffffL;
    }

    private boolean signed() {
        return has(MAGIC) && (value(MAGIC) & SIGNATURE_BITS) == SIGNATURE;
    }

    boolean boot() {
        return trace != null && (trace.has("memblock_free_all") || trace.has("mm_core_init"));
    }

    /** An empty list's head: both words are its own address. No pool's page has that. */
    boolean emptyList() {
        return has(POOL) && words.get(MAGIC).equals(words.get(POOL));
    }

    /** No kernel address looks like this word: it is the signature. */
    boolean certain() {
        return signed() && (wide() || mappingId() == 0);
    }

    /** An ordinary page of a 32-bit kernel, whose word passes for the signature only since most of its bits are not looked at. */
    boolean falseAlarm() {
        return !wide() && signed() && mappingId() != 0 && (value(MAGIC) & NARROW_MASK) == SIGNATURE && (emptyList() || boot());
    }
}
