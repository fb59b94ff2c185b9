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
    /** The field of a lock that readers give back, and that whoever takes it for itself waits for. */
    static final String SHARED = "shared";
    private static final ContextKind[] KINDS = ContextKind.values();

    private final Setup setup;
    private final Names names;
    private final World world;
    /** Null where nobody looks at states. */
    private final StateView view;
    private final List<Controlled> contexts = new ArrayList<>();
    private final PriorityQueue<Pending> boot = new PriorityQueue<>();
    /** Per CPU: an interrupt that has begun and not ended; a task that holds a spin lock. */
    private final Controlled[] interrupt;
    private final Controlled[] spinner;
    private final int[] cpuPlace;
    private PlaceTimes times;
    /** During the exploration those that can still do something, in order of descent; what happened before has left none behind. */
    private final List<Controlled> live = new ArrayList<>();
    private final List<Chooser.Candidate> enabled = new ArrayList<>();
    /** Where a grace period looks who reads. */
    private int readers;
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
    /** What is due at once runs within the step at hand. */
    private boolean settling;
    private Controlled last;
    private Step step;
    private int depth;
    /** Who goes on; null when the execution is over. */
    private Controlled chosen;
    private StopReason end;
    /** What the chooser threw while a context's own fiber asked it. */
    private Throwable failure;

    Controller(Setup setup, int cpus) {
        this.setup = setup;
        this.names = setup.names();
        this.world = setup.world();
        this.view = StateView.of(setup.chooser().sight(), world);
        this.interrupt = new Controlled[cpus];
        this.spinner = new Controlled[cpus];
        this.cpuPlace = new int[cpus];
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

    /** An object can tell its state; null where the state lies in none. */
    void offer(KernelObject object, StateSource source) {
        if (view != null) {
            view.offer(object, source);
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
            if (view != null) {
                view.started(context, running);
            }
        }
        return context.handle;
    }

    private Controlled child(String label, int cpu, ContextKind kind) {
        int ordinal = running == null ? bootChildren++ : running.children++;
        Controlled context = new Controlled(ordinal, label, cpu, kind, contexts.size(), view);
        contexts.add(context);
        if (exploring && running != null) {
            enter(context, running.number);
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
        touch(context.place, AccessKind.WRITE);
        if (!context.ready || context.fiber != null) {
            return false;
        }
        context.ready = false;
        live.remove(context);
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
        times = new PlaceTimes(names.places());
        boot.clear();
        for (int cpu = 0; cpu < cpuPlace.length; cpu++) {
            cpuPlace[cpu] = names.cpu(cpu);
        }
        readers = names.readers();
        for (Controlled context : contexts) {
            if (context.ready || context.task != null && !context.task.isDone()) {
                enter(context, Names.BOOT);
            }
        }
        try {
            settleAtFirst();
            choose();
            while (chosen != null) {
                advance(chosen);
                rethrow();
            }
        } catch (KernelOops oops) {
            return StopReason.PANIC;
        }
        return end;
    }

    /** What is due when the exploration begins is, in a prompt world, no choice. */
    private void settleAtFirst() {
        if (world.prompt()) {
            for (Controlled context : live) {
                context.prompt = context.due <= from;
            }
            step = new Step(Names.BOOT, 0, "", "", null);
            times.step(0);
            settle();
            step = null;
        }
    }

    /** What happened in a fiber is thrown outside of it, past the model's own handlers. */
    private void rethrow() {
        switch (failure) {
            case null -> { }
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }

    /** Decides who goes on, or why nobody does. */
    private void choose() {
        chosen = null;
        if (view != null) {
            long state = view.of(live);
            setup.chooser().state(finding ? ~state : state, finding, view::images);
        }
        if (finding) {
            end = StopReason.FINDING;
            return;
        }
        enabled.clear();
        for (int i = 0; i < live.size(); i++) {
            Controlled context = live.get(i);
            if (context.ready && context.due <= horizon && mayRun(context) && (context.guard == null || context.guard.getAsBoolean())) {
                context.turns(enabled);
            }
        }
        if (enabled.isEmpty()) {
            end = atRest();
        } else if (depth == setup.steps()) {
            end = StopReason.STEP_LIMIT;
        } else {
            int choice = setup.chooser().choose(enabled, depth);
            if (choice == Chooser.STOP) {
                end = StopReason.CHOSEN;
            } else {
                chosen = next(enabled.get(choice));
            }
        }
    }

    private Controlled next(Chooser.Candidate candidate) {
        if (candidate instanceof Controlled.Turn turn) {
            Controlled owner = turn.owner();
            owner.moved = turn.move();
            if (setup.narrate()) {
                owner.action += turn.told();
            }
            return owner;
        }
        return (Controlled) candidate;
    }

    /** An interrupt has its CPU to itself until it ends; so has a task with a spin lock. */
    private boolean mayRun(Controlled context) {
        return (interrupt[context.cpu] == null || interrupt[context.cpu] == context)
                && (spinner[context.cpu] == null || spinner[context.cpu] == context);
    }

    /** Nobody can go on: because all is done, because what would happen lies behind the horizon, or because somebody waits for ever. */
    private StopReason atRest() {
        boolean stuck = false;
        for (Controlled context : live) {
            if (context.ready && context.due > horizon) {
                return StopReason.BEYOND_HORIZON;
            }
            tellWhy(context);
            boolean blocked = context.task != null && !context.task.isDone() && !context.ready && context.task.uninterruptible;
            stuck |= blocked || context.ready && context.choice == null;
        }
        return stuck ? StopReason.STUCK : StopReason.IDLE;
    }

    /** Who could go on but for a lock, or a CPU that is never given back. */
    private void tellWhy(Controlled context) {
        if (context.ready && context.guard != null) {
            setup.chooser().blocked(context.number, context.lock);
        } else if (context.ready && context.due <= horizon) {
            setup.chooser().blocked(context.number, cpuPlace[context.cpu]);
        }
    }

    /** Lets a context go on until another one is chosen, or it ends. */
    private void advance(Controlled context) {
        beginStep(context);
        boolean returned = false;
        try {
            resume(context);
            returned = true;
        } finally {
            if (running != null) {
                if (returned) {
                    occupy(running);
                    section(running);
                    settle();
                }
                finish(context);
                if (returned) {
                    choose();
                }
            }
        }
    }

    private void resume(Controlled context) {
        if (context.task != null) {
            sched.resume(context.task);
        } else {
            sched.fire(context, context.fiber == null);
        }
    }

    /** In a prompt world: whatever is due at once, in order of descent, until it stops at a scheduling point, sleeps or ends. */
    private void settle() {
        settling = true;
        for (Controlled context = promptOne(); context != null; context = promptOne()) {
            begin(context);
            resume(context);
            occupy(context);
            section(context);
            leave(context);
        }
        settling = false;
    }

    private Controlled promptOne() {
        for (int i = 0; world.prompt() && i < live.size(); i++) {
            Controlled context = live.get(i);
            if (context.ready && context.prompt && context.choice == null && context.guard == null && mayRun(context)) {
                return context;
            }
        }
        return null;
    }

    /** The next step is the context's. */
    private void beginStep(Controlled context) {
        step = new Step(context.number, context.cpu, context.function, context.action, context.choice == null ? null : context.moved);
        times.step(++depth);
        if (context.guard != null) {
            step.waitedFor(context.lock);
        }
        begin(context);
    }

    private void begin(Controlled context) {
        running = context;
        context.function = "";
        context.action = "";
        context.ready = false;
        context.prompt = false;
        context.guard = null;
        context.time = Math.max(Math.max(context.time, context.due), from);
        context.due = 0;
        touch(context.place, AccessKind.WRITE);
    }

    private void finish(Controlled context) {
        if (last != null) {
            last.ranLast = false;
        }
        last = context;
        last.ranLast = true;
        leave(context);
        Step done = step;
        step = null;
        setup.chooser().executed(done);
    }

    private void leave(Controlled context) {
        running = null;
        if (context.ended()) {
            live.remove(context);
        }
    }

    /**
     * The running context has come to the end of a step, and its own fiber asks who is next: if that is itself again, as it mostly is, nothing
     * has to be switched. It cannot ask where others have to run before the step is over.
     *
     * @return whether it may go on; if not, the caller suspends its fiber
     */
    boolean goesOn() {
        Controlled self = running;
        if (self == null || settling || promptOne() != null) {
            return false;
        }
        try {
            occupy(self);
            section(self);
            finish(self);
            choose();
            if (chosen == self) {
                beginStep(self);
            }
        } catch (RuntimeException | Error e) {
            failure = e;
            chosen = null;
        }
        return chosen == self;
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

    /** A read section of RCU begins or ends with this step. One that is over within the step is nobody's business. */
    private void section(Controlled context) {
        boolean inside = context.task == null ? !context.fiber.isDone() : reads(context.task);
        int ended = context.task == null ? 0 : context.task.context.readSectionsEnded;
        boolean another = ended != context.sectionsEnded;
        context.sectionsEnded = ended;
        if (context.reading && (!inside || another)) {
            context.reading = false;
            touch(readers, AccessKind.ELEMENT);
            touch(place(context, context.sections), AccessKind.RELEASE);
        }
        if (inside && !context.reading) {
            context.reading = true;
            context.sections++;
            touch(readers, AccessKind.ELEMENT);
            touch(place(context, context.sections), AccessKind.ACQUIRE);
        }
    }

    /** Without preemption a task that has not slept yet has not been through the scheduler. */
    private boolean reads(SimTask task) {
        return !task.isDone() && (task.runnable && !world.preemptible() || task.context.readSections > 0 || task.context.topSpin() != null);
    }

    private int place(Controlled reader, int section) {
        return names.section(reader.number, section);
    }

    /** Returns when all who read now have ended the section they are in, and {@code sleep} is over. */
    void gracePeriod(Runnable sleep) {
        if (running == null) {
            sleep.run();
            return;
        }
        touch(readers, AccessKind.READ);
        Controlled self = running;
        List<Controlled> reading = contexts.stream().filter(context -> context.reading && context != self).toList();
        int[] sections = reading.stream().mapToInt(context -> context.sections).toArray();
        sleep.run();
        for (int i = 0; i < sections.length; i++) {
            Controlled reader = reading.get(i);
            int number = sections[i];
            self.lock = place(reader, number);
            if (setup.narrate()) {
                narrate(running, "wait for the read section of " + names.contextName(reader.number));
            }
            pause(() -> !reader.reading || reader.sections != number);
            touch(self.lock, AccessKind.READ);
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
                narrate(running, field.equals(LIFETIME) ? "free " + object.type() : (write ? "write " : "read ") + object.type() + "." + field);
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
        take(lock, name, free, AccessKind.ACQUIRE);
    }

    /** Waits until {@code free} holds and takes the lock for reading: not an order among readers. */
    void share(int lock, String name, BooleanSupplier free) {
        take(lock, name, free, AccessKind.READ);
    }

    private void take(int lock, String name, BooleanSupplier free, AccessKind kind) {
        if (running == null) {
            return;
        }
        int place = names.place(lock, "lock", -1);
        if (!free.getAsBoolean() || world.points().has("locks")) {
            running.stands("lock", name);
            running.lock = place;
            running.nextPlace = place;
            running.nextKind = kind;
            if (setup.narrate()) {
                narrate(running, "lock " + name);
            }
            pause(free);
        }
        touch(place, kind);
    }

    /** A reader gives its share back. */
    void unshare(int lock) {
        if (running != null) {
            touch(names.place(lock, SHARED, -1), AccessKind.ELEMENT);
        }
    }

    void release(int lock) {
        if (running != null) {
            touch(names.place(lock, "lock", -1), AccessKind.RELEASE);
        }
    }

    private static void narrate(Controlled context, String action) {
        context.function = StackTraces.innermost("");
        context.action = action;
    }

    /** The task stops where the chooser says what it does next. Before the exploration it waits for that. */
    Choice.Move choose(SimTask task, String what, Choice choice) {
        Controlled self = task.controlled;
        self.forget();
        self.stands("choose", what);
        if (setup.narrate()) {
            narrate(self, what);
        }
        self.choice = choice;
        stop(self, null);
        self.choice = null;
        self.chose(self.moved);
        if (view != null) {
            view.chose(self, self.moved);
        }
        return self.moved;
    }

    /** The running context lets others come in between. */
    void point(String what) {
        if (running != null) {
            running.stands("point", what);
            if (setup.narrate()) {
                narrate(running, what);
            }
            pause(null);
        }
    }

    /** The running task goes to sleep, or waits for somebody. */
    void sleeps(SimTask task) {
        if (running != null) {
            task.controlled.stands("sleep", "");
        }
    }

    private void pause(BooleanSupplier guard) {
        stop(running, guard);
    }

    private void stop(Controlled self, BooleanSupplier guard) {
        self.ready = true;
        self.prompt = false;
        self.guard = guard;
        if (!goesOn()) {
            sched.pause();
        }
        self.nextPlace = -1;
    }

    private void touch(int place, AccessKind kind) {
        if (step == null) {
            return;
        }
        if (times.fresh(place, kind)) {
            step.touch(place, kind);
            if (view != null) {
                view.touched(running, place, kind);
            }
        } else if (kind == AccessKind.RELEASE) {
            step.gaveBack(place);
        }
        running.time = times.touch(place, kind, running.time);
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
