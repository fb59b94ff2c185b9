package io.dmalab.core.kernel;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventTarget;
import io.dmalab.core.explore.AccessKind;
import io.dmalab.core.explore.Names;
import io.dmalab.core.time.EventQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The contexts of an exploring run: every task and every event is one. Until the exploration begins they are polled in their order, as in an
 * ordinary run; from then on they are ready, or not, and stand here in order of descent.
 */
final class ContextQueue implements EventQueue {
    private static final ContextKind[] KINDS = ContextKind.values();

    private final Names names;
    /** Null where nobody looks at states. */
    private final StateView view;
    private final StepAtHand atHand;
    private final List<Controlled> contexts = new ArrayList<>();
    /** During the exploration those that can still do something, in order of descent; what happened before has left none behind. */
    private final List<Controlled> live = new ArrayList<>();
    private final PriorityQueue<Pending> boot = new PriorityQueue<>();
    private long from = Long.MAX_VALUE;
    private boolean exploring;
    private long now;
    private long sequence;
    private int bootChildren;
    private Controlled polled;

    ContextQueue(Names names, StateView view, StepAtHand atHand) {
        this.names = names;
        this.view = view;
        this.atHand = atHand;
    }

    /** The exploration begins with the first event that is due at this time or later. */
    void from(long time) {
        from = Math.min(from, time);
    }

    /** When the exploration begins, in nanoseconds. */
    long from() {
        return from;
    }

    /** The exploration begins. */
    void explores() {
        now = from;
        exploring = true;
        boot.clear();
        for (Controlled context : contexts) {
            if (context.ready || context.task != null && !context.task.isDone()) {
                enter(context, Names.BOOT);
            }
        }
    }

    List<Controlled> all() {
        return contexts;
    }

    List<Controlled> live() {
        return live;
    }

    @Override
    public long now() {
        return atHand.running != null ? atHand.running.time : now;
    }

    @Override
    public long schedule(long at, int priority, int ctx, Object what, long word) {
        Controlled context;
        if (what instanceof SimTask task) {
            if (task.controlled == null) {
                task.controlled = child(task.comm(), task.cpu(), KINDS[priority]);
                task.controlled.task = task;
            }
            context = task.controlled;
        } else {
            context = child(label(what), ctx >> 2, KINDS[priority]);
            context.target = (EventTarget) what;
            context.arg = word;
        }
        context.due = Math.max(at, now());
        context.ready = true;
        context.prompt = context.due <= now();
        if (exploring) {
            atHand.starts(context);
        } else {
            boot.add(new Pending(context.due, priority, sequence++, context, context.round));
        }
        return context.handle;
    }

    private Controlled child(String label, int cpu, ContextKind kind) {
        Controlled parent = atHand.running;
        int ordinal = parent == null ? bootChildren++ : parent.children++;
        Controlled context = new Controlled(ordinal, label, cpu, kind, contexts.size(), view);
        contexts.add(context);
        if (parent != null) {
            enter(context, parent.number);
        }
        return context;
    }

    /** A context gets its number and its place among the others; those of boot only when the exploration begins. */
    private void enter(Controlled context, int parent) {
        context.number = names.context(parent, context.ordinal, context.label);
        context.place = names.contextPlace(context.number);
        int at = live.size();
        while (at > 0 && names.compare(live.get(at - 1).number, context.number) > 0) {
            at--;
        }
        live.add(at, context);
    }

    private static String label(Object target) {
        return target instanceof SimTimer timer ? timer.function() : "softirq";
    }

    @Override
    public boolean cancel(long handle) {
        if (handle < 0 || handle >= contexts.size()) {
            return false;
        }
        Controlled context = contexts.get((int) handle);
        if (context.task != null) {
            return false;
        }
        atHand.touch(context.place, AccessKind.WRITE);
        if (!context.ready || context.fiber != null) {
            return false;
        }
        context.ready = false;
        live.remove(context);
        return true;
    }

    /** The next event in order of time; none when the exploration begins. */
    @Override
    public boolean poll() {
        while (!boot.isEmpty() && boot.peek().due() < from) {
            Pending pending = boot.poll();
            polled = pending.context();
            if (polled.ready && polled.round == pending.round()) {
                polled.ready = false;
                polled.round++;
                now = pending.due();
                return true;
            }
        }
        return false;
    }

    @Override
    public long arg() {
        return polled.arg;
    }

    @Override
    public Object target() {
        return polled.task != null ? polled.task : polled.target;
    }

    @Override
    public int ctx() {
        return polled.cpu << 2 | polled.kind.ordinal();
    }

    /**
     * When a context is due before the exploration.
     *
     * @param round of the context: a task that has run since is due no more
     */
    private record Pending(long due, int priority, long sequence, Controlled context, int round) implements Comparable<Pending> {
        @Override
        public int compareTo(Pending other) {
            int byTime = Long.compare(due, other.due);
            int byPriority = byTime != 0 ? byTime : Integer.compare(priority, other.priority);
            return byPriority != 0 ? byPriority : Long.compare(sequence, other.sequence);
        }
    }
}
