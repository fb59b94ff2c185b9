package io.dmalab.core.kernel;

import io.dmalab.api.kernel.Level;
import java.util.List;
import java.util.Locale;

/**
 * The text of a KASAN report (mm/kasan/report.c and report_generic.c, v6.4 to v6.16). The shadow rows follow from the object's bounds;
 * offsets inside the object are made up, since our objects have fields but no layout. Left out: KASAN's own functions in the traces, the
 * dump of the physical page.
 */
final class KasanReport {
    private static final String RULE = "=".repeat(66);
    /** What the compiler put before the access: both the first line and the trace show its return address. */
    private static final String SAVER = "__asan_load8";
    private static final int ROW_BYTES = 128;
    private static final int GRANULE = 8;

    private final KernelConfig config;
    private final SimScheduler sched;
    private final LogBuffer log;

    KasanReport(KernelConfig config, SimScheduler sched, LogBuffer log) {
        this.config = config;
        this.sched = sched;
        this.log = log;
    }

    void useAfterFree(WatchedObject object, String field, boolean write, List<StackTraces.Frame> stack) {
        // the shadow of vmalloc memory does not tell freed from never allocated
        String kind = object.place() == WatchedObject.Place.SLAB ? config.profile().kasanPrefix() : "vmalloc-out-of-bounds";
        long address = object.address() + object.offset(field);
        begin(kind, stack);
        err((write ? "Write" : "Read") + " of size 8 at addr " + StackDump.hex(address) + " by task " + task());
        body(object, address, stack);
    }

    void doubleFree(WatchedObject object, List<StackTraces.Frame> stack) {
        begin("double-free", stack);
        err("Free of addr " + StackDump.hex(object.address()) + " by task " + task());
        body(object, object.address(), stack);
    }

    private void begin(String kind, List<StackTraces.Frame> stack) {
        err(RULE);
        String at = stack.isEmpty() ? "unknown" : Symbols.location(stack.getFirst(), SAVER);
        err("BUG: KASAN: " + kind + " in " + at);
    }

    private void body(WatchedObject object, long address, List<StackTraces.Frame> stack) {
        err("");
        log.dump().header(Level.ERR);
        log.dump().callTrace(Level.ERR, sched.current, stack, SAVER);
        err("");
        if (object.place() == WatchedObject.Place.SLAB) {
            track("Allocated", object.allocated());
            track("Freed", object.freed());
            where(object, address);
            err("");
        } else if (config.profile().kasanNamesVmalloc()) {
            err("The buggy address " + StackDump.hex(address) + " belongs to a vmalloc virtual mapping");
        }
        err("Memory state around the buggy address:");
        shadow(object, address);
        err(RULE);
        log.dump().taintUnreliable(Taint.BAD_PAGE);
    }

    /** The stacks that slab memory remembers; vmalloc memory has none. */
    private void track(String what, WatchedObject.Trace trace) {
        err(what + " by task " + trace.pid() + ":");
        log.dump().plainTrace(Level.ERR, trace.stack());
        err("");
    }

    private void where(WatchedObject object, long address) {
        String start = StackDump.hex(object.address());
        long cache = Long.highestOneBit(Math.max(8, object.size() - 1)) << 1;
        err("The buggy address belongs to the object at " + start);
        err(" which belongs to the cache kmalloc-" + (cache >= 1024 ? cache / 1024 + "k" : Long.toString(cache)) + " of size " + cache);
        err("The buggy address is located " + (address - object.address()) + " bytes inside of");
        err(" freed " + object.size() + "-byte region [" + start + ", " + StackDump.hex(object.address() + object.size()) + ")");
    }

    private void shadow(WatchedObject object, long address) {
        long row = address & -ROW_BYTES;
        for (int i = -2; i <= 2; i++) {
            long start = row + (long) i * ROW_BYTES;
            StringBuilder line = new StringBuilder(i == 0 ? ">" : " ").append(StackDump.hex(start)).append(':');
            for (long at = start; at < start + ROW_BYTES; at += GRANULE) {
                line.append(' ').append(state(object, at));
            }
            err(line.toString());
            if (i == 0) {
                long column = 2 + 16 + (address - row) / GRANULE * 3 + 1;
                err(" ".repeat((int) column) + "^");
            }
        }
    }

    /** fa: freed, with its free track in the first granule; fb: freed; fc: red zone; f8: vmalloc memory that is not accessible. */
    private static String state(WatchedObject object, long at) {
        if (object.place() == WatchedObject.Place.VMALLOC) {
            return "f8";
        }
        if (at < object.address() || at >= object.address() + object.size()) {
            return "fc";
        }
        return at == object.address() ? "fa" : "fb";
    }

    private String task() {
        return String.format(Locale.ROOT, "%s/%d", StackDump.comm(sched.current), StackDump.pid(sched.current));
    }

    private void err(String line) {
        log.err(line);
    }
}
