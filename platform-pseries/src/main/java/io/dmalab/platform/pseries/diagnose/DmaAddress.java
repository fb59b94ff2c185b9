package io.dmalab.platform.pseries.diagnose;

import io.dmalab.api.diagnose.Diagnosis.Field;
import java.util.List;
import java.util.Locale;

/**
 * Takes a bus address of pSeries apart (facts: ddw.md 2, tce-hcalls.md 8): dynamic windows start at 2^59, in limited addressing at
 * 4 GiB, the default window at 0.
 */
final class DmaAddress {
    static final long DYNAMIC_BASE = 1L << 59;
    private static final long DYNAMIC_END = 1L << 60;
    private static final long DEFAULT_END = 1L << 31;
    private static final int DEFAULT_SHIFT = 12;
    /** Of dynamic windows (the seed's pgshift). */
    private static final int USUAL_SHIFT = 16;
    /** Page shifts that windows have, most frequent first: 64 KiB, 4 KiB, 2 MiB, 16 MiB. */
    private static final List<Integer> SHIFTS = List.of(16, 12, 21, 24);

    private DmaAddress() {}

    /** @param shift -1 if it is not known @param window null if the log does not show its creation */
    static String words(long address, int shift, KnownWindow window) {
        if (window != null) {
            return entry(address, window.base(), shift < 0 ? window.pageShift() : shift, "the window of line " + window.place().line());
        }
        if (address >= DYNAMIC_BASE && address < DYNAMIC_END) {
            return entry(address, DYNAMIC_BASE, shift, "the dynamic window (DDW) at 2^59");
        }
        if (address >= 0 && address < DEFAULT_END) {
            return entry(address, 0, shift < 0 ? DEFAULT_SHIFT : shift, "the default window at 0");
        }
        return "in no window that PowerVM is known to create; the line that reports the window's creation is not in the log";
    }

    private static String entry(long address, long base, int shift, String window) {
        long offset = address - base;
        String place = "0x" + Long.toHexString(offset) + " into " + window;
        return shift < 0 ? place + ": entry 0x" + Long.toHexString(offset >> USUAL_SHIFT) + " if its pages are " + size(1L << USUAL_SHIFT)
                        + ", which the log does not say"
                : place + ": entry 0x" + Long.toHexString(offset >> shift) + " of " + size(1L << shift) + " pages";
    }

    /** An entry number counted from address 0, as tcenum is. Only one page size puts it into a dynamic window. */
    static String entryWords(long tcenum, KnownWindow window) {
        if (window != null) {
            return words(tcenum << window.pageShift(), window.pageShift(), window);
        }
        for (int shift : SHIFTS) {
            long address = tcenum << shift;
            if (address >> shift == tcenum && address >= DYNAMIC_BASE && address < DYNAMIC_END) {
                return "DMA address 0x" + Long.toHexString(address) + ": " + words(address, shift, null);
            }
        }
        return tcenum >= 0 && tcenum << DEFAULT_SHIFT < DEFAULT_END
                ? "DMA address 0x" + Long.toHexString(tcenum << DEFAULT_SHIFT) + " if the pages are 4 KiB: the default window at 0"
                : "not decodable without the window's page size";
    }

    static Field pageShift(String raw, long shift) {
        boolean sane = shift >= DEFAULT_SHIFT && shift < 40;
        return new Field("pgshift", raw, sane ? "2^" + shift + ": the window's pages are " + size(1L << shift)
                : "no page size: the table's memory held something else by then");
    }

    static String size(long bytes) {
        String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};
        int unit = 0;
        while (unit < units.length - 1 && bytes >= 1024 && bytes % 1024 == 0) {
            bytes /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%d %s", bytes, units[unit]);
    }
}
