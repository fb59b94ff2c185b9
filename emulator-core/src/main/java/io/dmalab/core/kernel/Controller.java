package io.dmalab.core.kernel;

import io.dmalab.api.kernel.Choice;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventTarget;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.KernelOops;
import io.dmalab.api.kernel.StateSource;
import io.dmalab.core.explore.AccessKind;
import io.dmalab.core.explore.Chooser;
import io.dmalab.core.explore.Names;
import io.dmalab.core.explore.Setup;
import io.dmalab.core.explore.Step;
import io.dmalab.core.explore.World;
import io.dmalab.core.fiber.Fiber;
import io.dmalab.core.time.EventQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/**
 * The scheduler of an exploring run. Until {@link #from} events are delivered in their order, as in an ordinary run; from then on every
 * task and every event is a context that stops at each step, and a {@link Chooser} says who goes on.
 *
 * <p>Each context has a time of its own: not before that of whoever started or woke it, nor of whoever changed last what it looks at. The
 * moment a sleeper or a timer asked for is a lower bound, so that any of them may be next: a CPU can be slow without limit, never early.
 *
 * <p>Where the world is prompt, what is due at once does not wait to be chosen: it runs on to its first scheduling point as a part of the step
 * that made it due.
 */
final class Controller implements EventQueue {
    /** The field of every object that its free writes and each access reads. */
    static final String LIFETIME = "lifetime";
    private static final ContextKind[] KINDS = ContextKind.values();

    private final Setup setup;
    private final Names names;
    private final World world;
    private final List<Controlled> contexts = new ArrayList<>();
    /** Those of them that have not ended. */
    private final List<Controlled> live = new ArrayList<>();
    /** Null where nobody looks at states. */
    private final Fingerprint fingerprint;
    private final PriorityQueue<Pending> boot = new PriorityQueue<>();
    /** Per CPU: an interrupt that has begun and not ended; a task that holds a spin lock. */
    private final Controlled[] interrupt;
    private final Controlled[] spinner;
    private final int[] cpuPlace;
    private final PlaceTimes times = new PlaceTimes();
    private SimScheduler sched;
    private long from = Long.MAX_VALUE;
    private boolean exploring;
    private boolean finding;
    private long horizon;
    private long now;
    private long sequence;
    private int bootChildren;
    private int bootObjects;
    private Controlled polled;
    private Controlled running;
    private Controlled last;
    private Step step;

    Controller(Setup setup, int cpus) {
        this.setup = setup;
        this.names = setup.names();
        this.world = setup.world();
        Chooser.Sight sight = setup.chooser().sight();
        this.fingerprint = sight == Chooser.Sight.NONE ? null : new Fingerprint(sight == Chooser.Sight.SYMMETRIC);
        this.interrupt = new Controlled[cpus];
        this.spinner = new Controlled[cpus];
        this.cpuPlace = new int[cpus];
        for (int cpu = 0; cpu < cpus; cpu++) {
            cpuPlace[cpu] = names.cpu(cpu);
        }
    }

    void scheduler(SimScheduler value) {
        sched = value;
    }

    /** The choosing begins with the first event that is due at this time or later. */
    void from(long time) {
        from = Math.min(from, time);
    }

    /** Steps say what they do, and stacks are kept. */
    boolean narrates() {
        return setup.narrate();
    }

    /** A finding was made: if it is one that is looked for, the execution ends with the running step. */
    void finding(FindingKind kind) {
        if (step != null && world.harm().is(kind)) {
            step.found();
            finding |= setup.stops();
        }
    }

    /** Whether such an access to freed memory is looked at. */
    boolean isHarm(String type, String field) {
        return world.harm().isStale(type, field);
    }

    /** An object says that it can tell its state. */
    void offer(KernelObject object, StateSource source) {
        if (fingerprint != null) {
            fingerprint.offer(object, source);
        }
    }

    // the event queue

    @Override
    public long now() {
        return running != null ? running.time : now;
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
        if (!exploring) {
            boot.add(new Pending(context.due, priority, sequence++, context, context.round));
        } else if (step != null && context != running) {
            step.starts(context.number);
        }
        return context.handle;
    }

    private Controlled child(String label, int cpu, ContextKind kind) {
        int parent = running == null ? Names.BOOT : running.number;
        int number = running == null ? bootChildren++ : running.children++;
        Controlled context = new Controlled(names.context(parent, number, label), label, cpu, kind, contexts.size());
        contexts.add(context);
        live.add(context);
        return context;
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
        touch(context.place, AccessKind.WRITE);
        if (!context.ready || context.fiber != null) {
            return false;
        }
        context.ready = false;
        return true;
    }

    /** Before the exploration: the next event in order of time. */
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

    // the exploration

    StopReason explore() {
        now = from;
        horizon = SimScheduler.saturated(from, world.horizonNanos());
        exploring = true;
        boot.clear();
        List<Turn> enabled = new ArrayList<>();
        try {
            begin();
            for (int depth = 0;; depth++) {
                look(depth);
                if (finding) {
                    return StopReason.FINDING;
                }
                enabled(enabled);
                if (enabled.isEmpty()) {
                    return atRest();
                }
                if (depth == setup.steps()) {
                    return StopReason.STEP_LIMIT;
                }
                int choice = setup.chooser().choose(enabled, depth);
                if (choice == Chooser.STOP) {
                    return StopReason.CHOSEN;
                }
                advance(enabled.get(choice));
            }
        } catch (KernelOops oops) {
            return StopReason.PANIC;
        }
    }

    /** What is due when the exploration begins is, in a prompt world, no choice. */
    private void begin() {
        if (world.prompt()) {
            for (Controlled context : live) {
                context.prompt = context.due <= from;
            }
            step = new Step(Names.BOOT, 0, "", "", null);
            settle();
            step = null;
        }
    }

    private void look(int depth) {
        live.removeIf(Controlled::ended);
        if (setup.chooser().looks(depth)) {
            long state = fingerprint.of(live);
            setup.chooser().state(finding ? ~state : state, finding);
        }
    }

    private void enabled(List<Turn> enabled) {
        enabled.clear();
        for (Controlled context : live) {
            if (context.ready && context.due <= horizon && mayRun(context) && (context.guard == null || context.guard.getAsBoolean())) {
                context.turns(enabled);
            }
        }
        enabled.sort((a, b) -> Integer.compare(a.context(), b.context()));
    }

    /** An interrupt has its CPU to itself until it ends; so has a task with a spin lock. */
    private boolean mayRun(Controlled context) {
        return (interrupt[context.cpu] == null || interrupt[context.cpu] == context)
                && (spinner[context.cpu] == null || spinner[context.cpu] == context);
    }

    /** Nobody can go on: because all is done, because what would happen lies behind the horizon, or because somebody waits for ever. */
    private StopReason atRest() {
        boolean stuck = false;
        for (Controlled context : contexts) {
            if (context.ready && context.due > horizon) {
                return StopReason.BEYOND_HORIZON;
            }
            boolean blocked = context.task != null && !context.task.isDone() && !context.ready && context.task.uninterruptible;
            stuck |= blocked || context.ready && context.choice == null;
        }
        return stuck ? StopReason.STUCK : StopReason.IDLE;
    }

    private void advance(Turn turn) {
        Controlled context = turn.owner;
        context.moved = turn.move;
        String action = turn.move != null && setup.narrate() ? context.action + turn.told() : context.action;
        step = new Step(context.number, context.cpu, context.function, action, turn.move);
        if (context.guard != null) {
            step.waitedFor(context.lock);
        }
        try {
            run(context);
            settle();
        } finally {
            if (last != null) {
                last.ranLast = false;
            }
            last = context;
            last.ranLast = true;
            Step done = step;
            step = null;
            setup.chooser().executed(done);
        }
    }

    /** In a prompt world: whatever is due at once, in order of its making. */
    private void settle() {
        for (int i = 0; world.prompt() && i < live.size(); i++) {
            Controlled context = live.get(i);
            if (context.ready && context.prompt && context.choice == null && context.guard == null && mayRun(context)) {
                run(context);
                i = -1;
            }
        }
    }

    /** Until it stops at a scheduling point, sleeps or ends. */
    private void run(Controlled context) {
        boolean atStart = context.task == null && context.fiber == null;
        running = context;
        context.function = "";
        context.action = "";
        context.ready = false;
        context.prompt = false;
        context.guard = null;
        context.time = Math.max(Math.max(context.time, context.due), from);
        context.due = 0;
        try {
            touch(context.place, AccessKind.WRITE);
            if (context.task != null) {
                sched.resume(context.task);
            } else {
                sched.fire(context, atStart);
            }
            occupy(context);
        } finally {
            running = null;
        }
    }

    /** Takes or gives back the CPU: what others on it must wait for. */
    private void occupy(Controlled context) {
        int cpu = context.cpu;
        boolean alone = context.task == null ? !context.fiber.isDone() : context.task.context.topSpin() != null;
        Controlled[] owners = context.task == null ? interrupt : spinner;
        boolean was = owners[cpu] == context;
        if (alone && !was) {
            owners[cpu] = context;
            touch(cpuPlace[cpu], AccessKind.ACQUIRE);
        } else if (!alone && was) {
            owners[cpu] = null;
            touch(cpuPlace[cpu], AccessKind.RELEASE);
        } else {
            touch(cpuPlace[cpu], AccessKind.READ);
        }
    }

    // what model code touches

    /** A number for a new object. */
    int object() {
        return running == null ? names.object(Names.BOOT, bootObjects++) : names.object(running.number, running.objects++);
    }

    /** An access of model code: a scheduling point, if it is one. Returns when the context goes on. */
    void access(WatchedObject object, String field, long index, boolean write) {
        if (running == null) {
            return;
        }
        AccessKind kind = write ? AccessKind.WRITE : AccessKind.READ;
        int number = object.number();
        int place = names.place(number, field, index);
        if (world.points().has(object.type(), field, () -> StackTraces.innermost(""))) {
            running.stands(object.type(), field);
            running.nextPlace = place;
            running.nextKind = kind;
            if (setup.narrate()) {
                narrate(field.equals(LIFETIME) ? "free " + object.type() : (write ? "write " : "read ") + object.type() + "." + field);
            }
            pause(null);
        }
        touch(place, kind);
        if (index >= 0) {
            touch(names.place(number, field, -1), write ? AccessKind.ELEMENT : AccessKind.READ);
        }
        // whoever frees it writes this
        touch(names.place(number, LIFETIME, -1), AccessKind.READ);
    }

    /** Touches an object of the kernel's own; no scheduling point. */
    void touch(int object, String field, boolean write) {
        if (running != null) {
            touch(names.place(object, field, -1), write ? AccessKind.WRITE : AccessKind.READ);
        }
    }

    /** Waits until {@code free} holds and takes the lock. */
    void acquire(int lock, String name, BooleanSupplier free) {
        if (running == null) {
            return;
        }
        int place = names.place(lock, "lock", -1);
        if (!free.getAsBoolean() || world.points().has("locks")) {
            running.lock = place;
            running.stands("lock", name);
            running.nextPlace = place;
            running.nextKind = AccessKind.ACQUIRE;
            narrate("lock " + name);
            pause(free);
        }
        touch(place, AccessKind.ACQUIRE);
    }

    void release(int lock) {
        if (running != null) {
            touch(names.place(lock, "lock", -1), AccessKind.RELEASE);
        }
    }

    private void narrate(String action) {
        narrate(running, action);
    }

    private void narrate(Controlled context, String action) {
        if (setup.narrate()) {
            context.function = StackTraces.innermost("");
            context.action = action;
        }
    }

    /** The task stops where the chooser says what it does next. Before the exploration it waits for it. */
    Choice.Move choose(SimTask task, String what, Choice choice) {
        Controlled self = task.controlled;
        self.forget();
        self.stands("choose", what);
        self.choice = choice;
        self.ready = true;
        self.prompt = false;
        narrate(self, what);
        sched.pause();
        self.choice = null;
        self.chose(self.moved);
        return self.moved;
    }

    /** The running context lets others come in between. */
    void point(String what) {
        if (running != null) {
            running.stands("point", what);
            narrate(running, what);
            pause(null);
        }
    }

    /** The task goes to sleep, or waits for somebody. */
    void sleeps(SimTask task) {
        if (running != null) {
            task.controlled.stands("sleep", "");
        }
    }

    private void pause(BooleanSupplier guard) {
        Controlled self = running;
        self.ready = true;
        self.prompt = false;
        self.guard = guard;
        sched.pause();
        self.nextPlace = -1;
    }

    private void touch(int place, AccessKind kind) {
        if (step == null) {
            return;
        }
        step.touch(place, kind);
        running.time = times.touch(place, kind, running.time);
    }

    /** A task or an event under control. */
    final class Controlled {
        private final int number;
        private final String label;
        private final int handle;
        private final int place;
        private final Turn turn = new Turn(this, null);
        final int cpu;
        final ContextKind kind;
        SimTask task;
        EventTarget target;
        long arg;
        Fiber fiber;
        private boolean ready;
        /** It became due at the moment when it was made so. */
        private boolean prompt;
        private boolean ranLast;
        private BooleanSupplier guard;
        /** What the guard guards. */
        private int lock;
        /** What it chooses from; null where it does not stand at a choice. */
        private Choice choice;
        private Choice.Move moved;
        /** What it has chosen last. */
        private int item = Choice.NO_ITEM;
        /** Where it has stood since its last choice. */
        private long path;
        private long due;
        private long time;
        private int round;
        private int children;
        private int objects;
        private int nextPlace = -1;
        private AccessKind nextKind = AccessKind.READ;
        private String function = "";
        private String action = "";

        private Controlled(int number, String label, int cpu, ContextKind kind, int handle) {
            this.number = number;
            this.label = label;
            this.cpu = cpu;
            this.kind = kind;
            this.handle = handle;
            this.place = names.place(-1, "context", number);
        }

        private void turns(List<Turn> into) {
            if (choice == null) {
                into.add(turn);
                return;
            }
            for (Choice.Move move : choice.moves()) {
                into.add(new Turn(this, move));
            }
        }

        /** Nothing will ever come of it any more. */
        private boolean ended() {
            return task != null ? task.isDone() : !ready && (fiber == null || fiber.isDone());
        }

        private void forget() {
            path = 0;
            item = Choice.NO_ITEM;
        }

        private void stands(String kindOfPlace, String where) {
            if (fingerprint != null) {
                path = Fingerprint.mix(path ^ 31L * kindOfPlace.hashCode() ^ where.hashCode());
            }
        }

        private void chose(Choice.Move move) {
            item = move.item();
            path = Fingerprint.mix(path ^ move.action());
        }

        /** What its own state comes to: where it stands, and how it got there since its last choice. */
        long local(boolean symmetric) {
            String name = task != null && symmetric ? world.kin(label) : label;
            return Fingerprint.mix(path ^ (long) name.hashCode() << 32 ^ cpu(symmetric) ^ (ready ? 1 << 20 : 0));
        }

        private int cpu(boolean symmetric) {
            return symmetric && task != null ? 0 : cpu;
        }

        int item() {
            return item;
        }

        /** A worker without work is as good as none. */
        boolean idle() {
            return task != null && !ready && task.waitingFor == null && !task.uninterruptible;
        }
    }

    /** A context that can go on, with one of its moves. */
    private final class Turn implements Chooser.Candidate {
        private final Controlled owner;
        private final Choice.Move move;

        Turn(Controlled owner, Choice.Move move) {
            this.owner = owner;
            this.move = move;
        }

        /** The move in words. */
        private String told() {
            return move.item() == Choice.NO_ITEM ? "" : " " + move.item();
        }

        @Override
        public int context() {
            return owner.number;
        }

        @Override
        public boolean ranLast() {
            return owner.ranLast;
        }

        @Override
        public int nextPlace() {
            return owner.nextPlace;
        }

        @Override
        public AccessKind nextKind() {
            return owner.nextKind;
        }

        @Override
        public Choice.Move move() {
            return move;
        }

        @Override
        public long signature() {
            return fingerprint.signature(owner, move);
        }
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
