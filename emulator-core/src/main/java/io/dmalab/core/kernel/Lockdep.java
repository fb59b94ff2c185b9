package io.dmalab.core.kernel;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Level;
import io.dmalab.api.observe.FindingRecord.Stack;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The lock-order validator (kernel/locking/lockdep.c, v6.14): locks of one name are one class; taking B with A held records A before B for
 * ever; an edge that closes a cycle is reported once, with both stacks. Left out: interrupt-safety rules, and nesting of two locks of one
 * class, which the kernel's own users annotate.
 */
final class Lockdep {
    private final SimScheduler sched;
    private final LogBuffer log;
    private final FindingLog findings;
    private final Map<String, Integer> classes = new LinkedHashMap<>();
    private final List<String> names = new ArrayList<>();
    /** after[a] holds b: b was taken with a held. */
    private final List<BitSet> after = new ArrayList<>();
    /** First 64 classes of {@link #after}, for the hot path. */
    private final long[] quick = new long[64];
    private final Map<Long, Edge> edges = new LinkedHashMap<>();

    private record Edge(String task, long timeNanos, List<StackTraces.Frame> stack) {}

    Lockdep(SimScheduler sched, LogBuffer log, FindingLog findings) {
        this.sched = sched;
        this.log = log;
        this.findings = findings;
    }

    int lockClass(String name) {
        Integer known = classes.get(name);
        if (known != null) {
            return known;
        }
        int id = names.size();
        classes.put(name, id);
        names.add(name);
        after.add(new BitSet());
        return id;
    }

    /** Before a lock is waited for. Costs one bit test per lock held. */
    void acquiring(Context context, int lockClass) {
        context.forEachHeld(before -> {
            if ((before | lockClass) < 64 ? (quick[before] >>> lockClass & 1) == 0 : !after.get(before).get(lockClass)) {
                newEdge(context, before, lockClass);
            }
        });
    }

    private void newEdge(Context context, int before, int lockClass) {
        after.get(before).set(lockClass);
        if ((before | lockClass) < 64) {
            quick[before] |= 1L << lockClass;
        }
        if (before == lockClass) {
            return;
        }
        Edge edge = new Edge(context.name(), sched.now(), sched.stack());
        edges.put(key(before, lockClass), edge);
        List<Integer> path = path(lockClass, before);
        if (!path.isEmpty()) {
            report(context, before, lockClass, edge, path);
        }
    }

    /** Shortest chain of recorded edges from one class to another; empty if there is none. */
    private List<Integer> path(int from, int to) {
        if (after.get(from).isEmpty()) {
            return List.of();
        }
        int[] cameFrom = new int[names.size()];
        java.util.Arrays.fill(cameFrom, -1);
        cameFrom[from] = from;
        List<Integer> queue = new ArrayList<>(List.of(from));
        for (int i = 0; i < queue.size(); i++) {
            int at = queue.get(i);
            if (at == to) {
                List<Integer> path = new ArrayList<>(List.of(to));
                for (int step = to; step != from; step = cameFrom[step]) {
                    path.addFirst(cameFrom[step]);
                }
                return path;
            }
            BitSet reached = after.get(at);
            for (int next = reached.nextSetBit(0); next >= 0; next = reached.nextSetBit(next + 1)) {
                if (cameFrom[next] < 0) {
                    cameFrom[next] = at;
                    queue.add(next);
                }
            }
        }
        return List.of();
    }

    private void report(Context context, int held, int wanted, Edge edge, List<Integer> path) {
        String heldName = names.get(held);
        String wantedName = names.get(wanted);
        Edge earlier = edges.get(key(path.get(0), path.get(1)));
        String detail = context.name() + " takes " + wantedName + " while it holds " + heldName + "; " + earlier.task() + " took "
                + names.get(path.get(1)) + " while it held " + wantedName;
        List<Stack> stacks = List.of(
                new Stack(wantedName + " taken under " + heldName, edge.task(), edge.timeNanos(), StackTraces.names(edge.stack())),
                new Stack(names.get(path.get(1)) + " taken under " + wantedName, earlier.task(), earlier.timeNanos(),
                        StackTraces.names(earlier.stack())));
        if (!findings.report(FindingKind.LOCK_ORDER, wantedName + " -> " + heldName, "", detail, context.where(), stacks)) {
            return;
        }
        print(context, held, wanted, edge, earlier, names.get(path.get(1)));
    }

    private void print(Context context, int held, int wanted, Edge edge, Edge earlier, String earlierName) {
        warn("======================================================");
        warn("WARNING: possible circular locking dependency detected");
        warn("------------------------------------------------------");
        warn(StackDump.comm(context) + "/" + StackDump.pid(context) + " is trying to acquire lock:");
        warn(" (" + names.get(wanted) + "), at: " + place(edge.stack()));
        warn("but task is already holding lock:");
        warn(" (" + names.get(held) + ")");
        warn("the existing dependency chain (in reverse order) is:");
        warn("-> #1 (" + earlierName + "):");
        log.dump().plainTrace(Level.WARNING, earlier.stack());
        warn("-> #0 (" + names.get(wanted) + "):");
        log.dump().plainTrace(Level.WARNING, edge.stack());
        warn(" Possible unsafe locking scenario:");
        warn("       CPU0                    CPU1");
        warn("       ----                    ----");
        warn("  lock(" + names.get(held) + ");");
        warn("                               lock(" + names.get(wanted) + ");");
        warn("                               lock(" + names.get(held) + ");");
        warn("  lock(" + names.get(wanted) + ");");
        warn(" *** DEADLOCK ***");
        log.dumpStack();
    }

    private static String place(List<StackTraces.Frame> stack) {
        return stack.isEmpty() ? "unknown" : Symbols.location(stack.getFirst(), "lock_acquire");
    }

    private void warn(String line) {
        log.warn(line);
    }

    private static long key(int before, int lockClass) {
        return (long) before << 32 | lockClass;
    }
}
