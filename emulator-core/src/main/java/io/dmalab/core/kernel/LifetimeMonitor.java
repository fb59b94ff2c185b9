package io.dmalab.core.kernel;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.KernelOops;
import io.dmalab.api.kernel.Memory;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.kernel.StateSource;
import io.dmalab.api.observe.FindingRecord.Stack;
import io.dmalab.api.observe.LifeRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * Watched kernel memory (mm/slub.c, mm/vmalloc.c, mm/kasan, v6.14). With KASAN each stale access is reported in multi-shot fashion, once
 * per object and accessing function, and goes on with the old contents (freed memory stays in quarantine for the whole run). Without it
 * freed memory keeps its contents until somebody reuses it, after a time drawn per object; from then on a stale access is an oops.
 * vmalloc memory is unmapped lazily and treated alike; the finding says use-after-free, the report in the log vmalloc-out-of-bounds as the
 * kernel's does, which keeps no stacks for such memory. Left out: real sharing of reused memory, exhaustion, red zones.
 */
public final class LifetimeMonitor implements Memory {
    private static final long SLAB_BASE = 0xc000000100000000L;
    private static final long VMALLOC_BASE = 0xc008000000000000L;
    private static final long GLOBAL_BASE = 0xc000000002000000L;
    private static final long GUARD = 4096;

    private final KernelConfig config;
    private final SimScheduler sched;
    private final Lives lives;
    private final FindingLog findings;
    private final KasanReport kasan;
    private final StackDump dump;
    private final RandomStream reuse;
    private long nextSlab = SLAB_BASE;
    private long nextVmalloc = VMALLOC_BASE;
    private long nextGlobal = GLOBAL_BASE;
    /** In an exploring run what is made before the exploration, at accesses to which nobody looks until it begins. */
    private final List<WatchedObject> unattended = new ArrayList<>();
    private boolean exploring;

    LifetimeMonitor(KernelConfig config, SimScheduler sched, Lives lives, FindingLog findings, LogBuffer log, RandomStream reuse) {
        this.config = config;
        this.sched = sched;
        this.lives = lives;
        this.findings = findings;
        this.kasan = new KasanReport(config, sched, log);
        this.dump = log.dump();
        this.reuse = reuse;
    }

    @Override
    public KernelObject kzalloc(String type, long bytes) {
        long room = Math.max(8, Long.highestOneBit(Math.max(1, bytes - 1)) << 1);
        long address = (nextSlab + room - 1) / room * room;
        nextSlab = address + room;
        return allocated(new WatchedObject(this, type, address, bytes, WatchedObject.Place.SLAB));
    }

    @Override
    public KernelObject vzalloc(String type, long bytes) {
        long address = nextVmalloc;
        nextVmalloc += (bytes + config.pageSize() - 1) / config.pageSize() * config.pageSize() + config.pageSize();
        return allocated(new WatchedObject(this, type, address, bytes, WatchedObject.Place.VMALLOC));
    }

    @Override
    public KernelObject global(String name) {
        long address = nextGlobal;
        nextGlobal += GUARD;
        return new WatchedObject(this, name, address, 8, WatchedObject.Place.STATIC);
    }

    @Override
    public void free(KernelObject object) {
        WatchedObject watched = (WatchedObject) object;
        if (watched.place() == WatchedObject.Place.STATIC) {
            throw new IllegalArgumentException("static data " + object.type() + " cannot be freed");
        }
        if (sched.controller != null) {
            sched.controller.access(watched, Controller.LIFETIME, -1, true);
        }
        if (!watched.alive()) {
            doubleFree(watched);
            return;
        }
        if (lives.watched()) {
            lives.tell(new LifeRecord.Freed(lives.now(), lives.by(), watched.type(), watched.address()));
        }
        watched.free(trace(watched), config.kasan() ? Long.MAX_VALUE : SimScheduler.saturated(sched.now(), config.reuseAfter().sample(reuse)));
    }

    @Override
    public void name(KernelObject object, String name) {
        if (lives.watched()) {
            lives.tell(new LifeRecord.Named(lives.now(), lives.by(), object.type(), object.address(), name));
        }
    }

    private KernelObject allocated(WatchedObject object) {
        object.allocatedBy(trace(object));
        if (lives.watched()) {
            lives.tell(new LifeRecord.Allocated(lives.now(), lives.by(), object.type(), object.address(), object.size()));
        }
        return object;
    }

    /** Stacks are captured only with KASAN on; a production kernel knows none. */
    private WatchedObject.Trace trace(WatchedObject object) {
        return new WatchedObject.Trace(sched.current.name(), StackDump.pid(sched.current), sched.now(),
                config.kasan() ? sched.stack() : List.of());
    }

    /** A number for a new object. */
    int number() {
        return sched.object();
    }

    /** Whether accesses to objects of that type can be scheduling points. */
    boolean isPoint(String type) {
        return sched.controller != null && sched.controller.isPoint(type);
    }

    @Override
    public void state(StateSource source) {
        offer(null, source);
    }

    /** The object can tell its state. @param object null if the state lies in none */
    void offer(WatchedObject object, StateSource source) {
        if (sched.controller != null) {
            sched.controller.offer(object, source);
        }
    }

    /** Whether every access to the new object needs attention, not only those to it once it is freed. */
    boolean attends(WatchedObject object) {
        if (sched.controller != null && !exploring) {
            unattended.add(object);
        }
        return exploring;
    }

    /** The exploration begins: from now on every access is a step. */
    void explore() {
        exploring = true;
        unattended.forEach(WatchedObject::explored);
        unattended.clear();
    }

    /** An access that needs attention. */
    void access(WatchedObject object, String field, long index, boolean write) {
        if (sched.controller != null) {
            sched.controller.access(object, field, index, write);
            if (object.alive() || !sched.controller.isHarm(object.type(), field)) {
                return;
            }
        }
        stale(object, field, index, write);
    }

    /** An access to an object that has been freed. */
    private void stale(WatchedObject object, String field, long index, boolean write) {
        if (lives.watched()) {
            String where = index < 0 ? field : field + "[" + index + "]";
            lives.tell(new LifeRecord.StaleAccess(lives.now(), lives.by(), object.type(), object.address(), where, write));
        }
        if (config.kasan()) {
            reportStale(object, field, index, write);
        } else if (sched.now() >= object.reusedAt()) {
            oops(object, field, write);
        }
    }

    private void reportStale(WatchedObject object, String field, long index, boolean write) {
        String function = StackTraces.innermost("unknown");
        String subject = subject(object);
        if (findings.again(FindingKind.USE_AFTER_FREE, subject, function)) {
            return;
        }
        List<StackTraces.Frame> stack = StackTraces.capture();
        findings.report(FindingKind.USE_AFTER_FREE, subject, function, detail(object, function, field, index, write),
                sched.current.where(), stacks("accessed by", object, stack));
        kasan.useAfterFree(object, field, write, stack);
    }

    private void oops(WatchedObject object, String field, boolean write) {
        List<StackTraces.Frame> stack = StackTraces.capture();
        String function = stack.isEmpty() ? "unknown" : stack.getFirst().symbol();
        findings.report(FindingKind.OOPS, subject(object), function, detail(object, function, field, -1, write) + ", when the memory had been reused",
                sched.current.where(), List.of(stackOf("accessed by", stack)));
        dump.oops(write, faultAddress(object, field), stack);
        throw new KernelOops(function + ": " + field + " of reused " + object.type());
    }

    @Override
    public KernelOops badAccess(String what, String field, long address, boolean write) {
        List<StackTraces.Frame> stack = StackTraces.capture();
        String function = stack.isEmpty() ? "unknown" : stack.getFirst().symbol();
        String detail = function + (write ? " wrote " : " read ") + field + " of " + what + ", at 0x" + Long.toHexString(address);
        findings.report(FindingKind.OOPS, what, function, detail, sched.current.where(), List.of(stackOf("accessed by", stack)));
        dump.oops(write, address, stack);
        return new KernelOops(detail);
    }

    private void doubleFree(WatchedObject object) {
        List<StackTraces.Frame> stack = StackTraces.capture();
        String function = stack.isEmpty() ? "unknown" : stack.getFirst().symbol();
        String detail = function + " frees " + object.type() + " again, first freed by " + object.freed().task();
        boolean fresh = findings.report(FindingKind.DOUBLE_FREE, subject(object), function, detail, sched.current.where(),
                stacks("freed again by", object, stack));
        if (fresh && config.kasan()) {
            kasan.doubleFree(object, stack);
        }
    }

    private static String subject(WatchedObject object) {
        return object.type() + " at " + Long.toHexString(object.address());
    }

    private String detail(WatchedObject object, String function, String field, long index, boolean write) {
        String element = index < 0 ? field : field + "[" + index + "]";
        double seconds = (sched.now() - object.freed().timeNanos()) / 1e9;
        return String.format(java.util.Locale.ROOT, "%s %s %s of a freed %s, %.6f s after %s freed it",
                function, write ? "wrote" : "read", element, object.type(), seconds, object.freed().task());
    }

    private List<Stack> stacks(String title, WatchedObject object, List<StackTraces.Frame> access) {
        return List.of(stackOf(title, access), stackOf("allocated by", object.allocated()), stackOf("freed by", object.freed()));
    }

    private Stack stackOf(String title, List<StackTraces.Frame> stack) {
        return new Stack(title, sched.current.name(), sched.now(), StackTraces.names(stack));
    }

    private static Stack stackOf(String title, WatchedObject.Trace trace) {
        return new Stack(title, trace.task(), trace.timeNanos(), StackTraces.names(trace.stack()));
    }

    /** vmalloc memory is no longer mapped; a slab object holds whatever its new owner wrote, and following that leads nowhere. */
    private static long faultAddress(WatchedObject object, String field) {
        return object.place() == WatchedObject.Place.VMALLOC
                ? object.address() + object.offset(field)
                : Symbols.mix(object.address() + object.offset(field)) & 0x0fff_ffff_ffff_fff8L;
    }
}
