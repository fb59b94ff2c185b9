package io.dmalab.netstack.holders;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventTarget;
import io.dmalab.api.kernel.Kernel;
import java.util.function.IntConsumer;

/**
 * Packets that leave one behind the other, each at its time: a transmit ring, a link, an engine. One event is pending at most, for the
 * packet in front; what is due by then leaves with it.
 */
final class DelayLine implements EventTarget {
    private final Kernel kernel;
    private final IntConsumer out;
    private final IntRing skbs = new IntRing();
    private long[] due = new long[16];
    private int firstDue;
    private long lastDue;
    private long event = -1;
    private int cpu;

    /** @param out takes each packet that leaves; softirq context */
    DelayLine(Kernel kernel, IntConsumer out) {
        this.kernel = kernel;
        this.out = out;
    }

    /**
     * Adds a packet that leaves at {@code time}, or when the one before it does if that is later.
     *
     * @param onCpu CPU on which it leaves if it is the first in line
     */
    void add(int skb, long time, int onCpu) {
        lastDue = skbs.isEmpty() ? time : Math.max(time, lastDue);
        if (skbs.size() == due.length) {
            grow();
        }
        due[firstDue + skbs.size() & due.length - 1] = lastDue;
        skbs.add(skb);
        if (skbs.size() == 1) {
            cpu = onCpu;
            arm();
        }
    }

    private void grow() {
        long[] wider = new long[2 * due.length];
        for (int i = 0; i < skbs.size(); i++) {
            wider[i] = due[firstDue + i & due.length - 1];
        }
        due = wider;
        firstDue = 0;
    }

    private void arm() {
        if (due[firstDue] != Times.NEVER) {
            event = kernel.sched().at(due[firstDue], ContextKind.SOFTIRQ, cpu, this, 0);
        }
    }

    @Override
    public void fire(long arg) {
        event = -1;
        long now = kernel.clock().now();
        while (!skbs.isEmpty() && due[firstDue] <= now) {
            out.accept(remove());
        }
        if (!skbs.isEmpty() && event == -1) {
            arm();
        }
    }

    private int remove() {
        firstDue = firstDue + 1 & due.length - 1;
        return skbs.remove();
    }

    /** Takes everything out and gives it to {@code sink}, oldest first. @return packets */
    int clear(IntConsumer sink) {
        kernel.sched().cancel(event);
        event = -1;
        int count = skbs.size();
        for (int i = 0; i < count; i++) {
            sink.accept(remove());
        }
        return count;
    }

    int size() {
        return skbs.size();
    }

    /** The packet in front never leaves by itself. */
    boolean stuck() {
        return !skbs.isEmpty() && due[firstDue] == Times.NEVER;
    }
}
