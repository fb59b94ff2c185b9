package io.dmalab.it.facts;

import java.util.List;
import java.util.Optional;

/**
 * One thing that a sheet says and that can be true or false of dmalab.
 *
 * @param id as the sheet and test names have it: {@code invariant 3}, {@code section 4.1}, {@code catalogue 9}, {@code P9}, {@code A2}
 * @param rule what it says, in a few words of our own
 * @param code what implements it: names below {@code io.dmalab}, of a class or {@code Class#member}
 * @param untested why no test holds on to it
 * @param steps how many numbered steps it has, which test names may append: {@code ddw.md 4.10}
 */
record Entry(String id, String rule, List<String> code, Optional<String> untested, int steps) {
    /** Heads the tables: invariants first, since they are what the emulator promises. */
    int rank() {
        return id.startsWith("invariant") ? 0 : id.startsWith("open") || id.startsWith("background") ? 2 : 1;
    }
}
