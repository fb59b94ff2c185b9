package io.dmalab.core.life;

import io.dmalab.core.scenario.BadInput;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whose life story is wanted. */
public sealed interface Subject {
    /** What is mapped at a DMA address, or the kernel object at a kernel address. */
    record Address(long value) implements Subject {
        @Override
        public String toString() {
            return "0x" + Long.toHexString(value);
        }
    }

    /** A page by its frame number. */
    record Page(int number) implements Subject {
        @Override
        public String toString() {
            return "page " + number;
        }
    }

    /** Kernel objects of that name, e.g. tables of a LIOBN. */
    record Named(String name) implements Subject {
        @Override
        public String toString() {
            return name;
        }
    }

    Pattern PAGE = Pattern.compile("(?:page|pfn)[ :=]?\\s*(0x[0-9a-f]+|[0-9]+)");
    Pattern TABLE = Pattern.compile("(?:table\\s+)?liobn[ :=]?\\s*(?:0x)?([0-9a-f]+)");
    Pattern ADDRESS = Pattern.compile("(?:(?:table|object|mapping|address)\\s+)?(?:0x)?([0-9a-f]{1,16})");

    /**
     * {@code 0x80000180ad00000}, {@code page 4711}, {@code pfn 0x1267}, {@code table LIOBN 0x70000016}, {@code object c00000010004c400}.
     *
     * @param option named in the message @throws BadInput if it is none of these
     */
    static Subject parse(String text, String option) {
        String given = text.strip().toLowerCase(Locale.ROOT);
        try {
            Matcher page = PAGE.matcher(given);
            if (page.matches()) {
                return new Page(Integer.decode(page.group(1).startsWith("0x") ? page.group(1) : page.group(1).replaceFirst("^0+(?=.)",
                        "")));
            }
            Matcher table = TABLE.matcher(given);
            if (table.matches()) {
                return new Named("LIOBN 0x" + Long.toHexString(Long.parseUnsignedLong(table.group(1), 16)));
            }
            Matcher address = ADDRESS.matcher(given);
            if (address.matches()) {
                return new Address(Long.parseUnsignedLong(address.group(1), 16));
            }
        } catch (NumberFormatException e) {
            throw unreadable(text, option);
        }
        throw unreadable(text, option);
    }

    private static BadInput unreadable(String text, String option) {
        return BadInput.of(option, "'" + text + "' is no address, page or table",
                "give a DMA address as 0x80000180ad00000, 'page 4711', 'pfn 0x1267', 'table LIOBN 0x70000016' or an object's address");
    }
}
