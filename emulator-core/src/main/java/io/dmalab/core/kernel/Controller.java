package io.dmalab.core.kernel;

import io.dmalab.api.kernel.Choice;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.StateSource;
import io.dmalab.core.explore.AccessKind;
import io.dmalab.core.explore.Chooser;
import io.dmalab.core.explore.Names;
import io.dmalab.core.explore.Setup;
import io.dmalab.core.explore.World;
import io.dmalab.core.time.EventQueue;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * What an exploring run asks of code that runs in it: to say what it touches, and to stop at scheduling points, where {@link StepLoop} lets a
 * {@link Chooser} say who goes on. Every task and every event is a context that does so ({@link ContextQueue}).
 *
 * <p>Each context has a time of its own: not before that of whoever started or woke it, nor of whoever changed last what it looks at. The
 * moment a sleeper or a timer asked for is a lower bound, so that any of them may be next: a CPU can be slow without limit, never early.
 */
final class Controller {
    /** The field of every object that its free writes and each access reads. */
    static final String LIFETIME = "lifetime";
    /** The field of a lock that readers give back, and that whoever takes it for itself waits for. */
    static final String SHARED = "shared";

    private final Setup setup;
    private final Names names;
    private final World world;
    /** Null where nobody looks at states. */
    private final StateView view;
    private final StepAtHand atHand;
    private final ContextQueue queue;
    private final ReadSections sections;
    private final StepLoop loop;
    private SimScheduler sched;
    private int bootObjects;

    Controller(Setup setup, int cpus) {
        this.setup = setup;
        this.names = setup.names();
        this.world = setup.world();
        this.view = StateView.of(setup.chooser().sight(), world);
        this.atHand = new StepAtHand(view);
        this.queue = new ContextQueue(names, view, atHand);
        this.sections = new ReadSections(names, atHand, world.preemptible());
        this.loop = new StepLoop(setup, view, queue, atHand, new CpuOwners(names, atHand, cpus), sections);
    }

    void scheduler(SimScheduler value) {
        sched = value;
        loop.scheduler(value);
    }

    /** Where the scheduler puts what is due. */
    EventQueue queue() {
        return queue;
    }

    /** The choosing begins with the first event that is due at this time or later. */
    void from(long time) {
        queue.from(time);
    }

    /** Goes on, from where the queue ended, until the exploration's end. */
    StopReason explore() {
        return loop.explore();
    }

    /** Steps say what they do, and stacks are kept. */
    boolean narrates() {
        return setup.narrate();
    }

    /** Whether anybody reads what a finding of that kind says. */
    boolean tells(FindingKind kind) {
        return narrates() || world.harm().is(kind);
    }

    /** A finding was made: if it is one that is looked for, the execution ends with the running step. */
    void finding(FindingKind kind) {
        if (world.harm().is(kind) && atHand.found() && setup.stops()) {
            loop.endsWithStep();
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

    /** A number for a new object. */
    int object() {
        Controlled self = atHand.running;
        return self == null ? names.object(Names.BOOT, bootObjects++) : names.object(self.number, self.objects++);
    }

    /** Whether accesses to objects of that type can be scheduling points. */
    boolean isPoint(String type) {
        return world.points().names(type);
    }

    // what code touches

    /** An access of model code: a scheduling point, if it is one. Returns when the context goes on. */
    void access(WatchedObject object, String field, long index, boolean write) {
        Controlled self = atHand.running;
        if (self == null) {
            return;
        }
        AccessKind kind = write ? AccessKind.WRITE : AccessKind.READ;
        int number = object.number();
        int place = names.place(number, field, index);
        if (object.point && world.points().has(object.type(), field, () -> StackTraces.innermost(""))) {
            self.standsBefore(object.type(), field, place, kind);
            if (setup.narrate()) {
                narrate(self, field.equals(LIFETIME) ? "free " + object.type() : (write ? "write " : "read ") + object.type() + "." + field);
            }
            stop(self, null);
        }
        atHand.touch(place, kind);
        if (index >= 0) {
            atHand.touch(names.place(number, field, -1), write ? AccessKind.ELEMENT : AccessKind.READ);
        }
        // whoever frees it writes this
        atHand.touch(names.place(number, LIFETIME, -1), AccessKind.READ);
    }

    /** Touches an object of the kernel's own; no scheduling point. */
    void touch(int object, String field, boolean write) {
        if (atHand.running != null) {
            atHand.touch(names.place(object, field, -1), write ? AccessKind.WRITE : AccessKind.READ);
        }
    }

    // locks

    /** Waits until {@code free} holds and takes the lock. */
    void acquire(int lock, String name, BooleanSupplier free) {
        take(lock, name, free, AccessKind.ACQUIRE);
    }

    /** Waits until {@code free} holds and takes the lock for reading: not an order among readers. */
    void share(int lock, String name, BooleanSupplier free) {
        take(lock, name, free, AccessKind.READ);
    }

    private void take(int lock, String name, BooleanSupplier free, AccessKind kind) {
        Controlled self = atHand.running;
        if (self == null) {
            return;
        }
        int place = names.place(lock, "lock", -1);
        if (!free.getAsBoolean() || world.points().has("locks")) {
            self.standsBefore("lock", name, place, kind);
            self.lock = place;
            if (setup.narrate()) {
                narrate(self, "lock " + name);
            }
            stop(self, free);
        }
        atHand.touch(place, kind);
    }

    /** A reader gives its share back. */
    void unshare(int lock) {
        if (atHand.running != null) {
            atHand.touch(names.place(lock, SHARED, -1), AccessKind.ELEMENT);
        }
    }

    void release(int lock) {
        if (atHand.running != null) {
            atHand.touch(names.place(lock, "lock", -1), AccessKind.RELEASE);
        }
    }

    /** Returns when all who read now have ended the section they are in, and {@code sleep} is over. */
    void gracePeriod(Runnable sleep) {
        Controlled self = atHand.running;
        if (self == null) {
            sleep.run();
            return;
        }
        List<ReadSections.Open> open = sections.open(queue.all());
        sleep.run();
        for (ReadSections.Open section : open) {
            self.lock = sections.place(section);
            if (setup.narrate()) {
                narrate(self, "wait for the read section of " + names.contextName(section.reader().number));
            }
            stop(self, section::over);
            atHand.touch(self.lock, AccessKind.READ);
        }
    }

    // where contexts stop

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
        Controlled self = atHand.running;
        if (self != null) {
            self.stands("point", what);
            if (setup.narrate()) {
                narrate(self, what);
            }
            stop(self, null);
        }
    }

    /** The running task goes to sleep, or waits for somebody. */
    void sleeps(SimTask task) {
        if (atHand.running != null) {
            task.controlled.stands("sleep", "");
        }
    }

    /** The end of a step, as {@link StepLoop#goesOn} has it. */
    boolean goesOn() {
        return loop.goesOn();
    }

    private void stop(Controlled self, BooleanSupplier guard) {
        self.ready = true;
        self.prompt = false;
        self.guard = guard;
        if (!loop.goesOn()) {
            sched.pause();
        }
        self.nextPlace = -1;
    }

    private static void narrate(Controlled context, String action) {
        context.function = StackTraces.innermost("");
        context.action = action;
    }
}
