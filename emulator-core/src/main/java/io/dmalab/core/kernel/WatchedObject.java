package io.dmalab.core.kernel;

import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.StateSource;
import java.util.List;

/** The monitor's record of one piece of kernel memory. */
final class WatchedObject extends KernelObject {
    /** Where the memory comes from. */
    enum Place { SLAB, VMALLOC, STATIC }

    /** Who did something to the object, and when. */
    record Trace(String task, int pid, long timeNanos, List<StackTraces.Frame> stack) {}

    private final LifetimeMonitor monitor;
    private final String type;
    private final long address;
    private final long size;
    private final Place place;
    /** By which steps name it; 0 in an ordinary run. */
    private final int number;
    /** Accesses to it can be scheduling points. */
    final boolean point;
    private Trace allocated;
    private Trace freed;
    private long reusedAt;

    WatchedObject(LifetimeMonitor monitor, String type, long address, long size, Place place) {
        this.monitor = monitor;
        this.type = type;
        this.address = address;
        this.size = size;
        this.place = place;
        this.number = monitor.number();
        this.point = monitor.isPoint(type);
        attend(monitor.attends(this));
    }

    /** From now on every access is a step. */
    void explored() {
        attend(true);
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public long address() {
        return address;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public boolean alive() {
        return freed == null;
    }

    @Override
    protected void access(String field, long index, boolean write) {
        monitor.access(this, field, index, write);
    }

    @Override
    public void state(StateSource source) {
        monitor.offer(this, source);
    }

    int number() {
        return number;
    }

    Place place() {
        return place;
    }

    Trace allocated() {
        return allocated;
    }

    Trace freed() {
        return freed;
    }

    long reusedAt() {
        return reusedAt;
    }

    void allocatedBy(Trace trace) {
        allocated = trace;
    }

    void free(Trace trace, long reuseNanos) {
        freed = trace;
        reusedAt = reuseNanos;
        attend(true);
    }

    /** A made-up but fixed place of the field in the object, aligned to a word. */
    long offset(String field) {
        long words = Math.max(1, size / 8);
        return Long.remainderUnsigned(Symbols.hash(field), words) * 8;
    }
}
