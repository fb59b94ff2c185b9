package io.dmalab.api.diagnose;

import java.util.Locale;
import java.util.OptionalLong;

/**
 * What the kernel says before it shows a stack: an oops, a KASAN report, a BUG, a hung task, a bad page.
 *
 * @param address the address that was touched, if the log has it
 * @param subject function (KASAN), {@code comm:pid} (hung task) or process (bad page) that the line names; empty if it names none
 */
public record Complaint(Place place, Kind kind, OptionalLong address, String subject) implements LogItem {
    /** What is complained about. */
    public enum Kind {
        NULL_POINTER("NULL pointer dereference"),
        BAD_ADDRESS("access to a bad address"),
        USE_AFTER_FREE("use after free (KASAN)"),
        BUG("kernel BUG"),
        WARNING("warning"),
        HUNG_TASK("hung task"),
        /** The page allocator was given a page that is not free to be freed. */
        BAD_PAGE("bad page state");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** The address as the kernel prints it, empty if the log has none. */
    public String addressText() {
        if (address.isEmpty()) {
            return "";
        }
        long value = address.getAsLong();
        return value >>> 32 == 0 ? "0x" + Long.toHexString(value) : String.format(Locale.ROOT, "0x%016x", value);
    }

    /** A report after which the task, or the system, is gone. */
    public boolean oops() {
        return kind == Kind.NULL_POINTER || kind == Kind.BAD_ADDRESS || kind == Kind.BUG;
    }
}
