package io.dmalab.core.kernel;

import io.dmalab.api.kernel.KernelOops;
import io.dmalab.core.explore.Chooser;
import io.dmalab.core.explore.Setup;
import io.dmalab.core.explore.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * The loop of an exploring run: asks the {@link Chooser} who goes on, lets that context take its step, and ends when nobody can or may.
 *
 * <p>Where the world is prompt, what is due at once does not wait to be chosen: it runs on to its first scheduling point as a part of the step
 * that made it due.
 */
final class StepLoop {
    private final Setup setup;
    private final boolean prompt;
    /** Null where nobody looks at states. */
    private final StateView view;
    private final ContextQueue queue;
    private final StepAtHand atHand;
    private final CpuOwners cpus;
    private final ReadSections sections;
    private final List<Chooser.Candidate> enabled = new ArrayList<>();
    private SimScheduler sched;
    private boolean finding;
    private long horizon;
    /** What is due at once runs within the step at hand. */
    private boolean settling;
    private Controlled last;
    /** Who goes on; null when the execution is over. */
    private Controlled chosen;
    private StopReason end;
    /** What the chooser threw while a context's own fiber asked it. */
    private Throwable failure;

    StepLoop(Setup setup, StateView view, ContextQueue queue, StepAtHand atHand, CpuOwners cpus, ReadSections sections) {
        this.setup = setup;
        this.prompt = setup.world().prompt();
        this.view = view;
        this.queue = queue;
        this.atHand = atHand;
        this.cpus = cpus;
        this.sections = sections;
    }

    void scheduler(SimScheduler value) {
        sched = value;
    }

    /** What is looked for was found: the execution ends with the step at hand. */
    void endsWithStep() {
        finding = true;
    }

    StopReason explore() {
        horizon = SimScheduler.saturated(queue.from(), setup.world().horizonNanos());
        atHand.explores(setup.names().places());
        cpus.explores();
        sections.explores();
        queue.explores();
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
        if (prompt) {
            for (Controlled context : queue.live()) {
                context.prompt = context.due <= queue.from();
            }
            atHand.openBoot();
            settle();
            atHand.close();
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

    // who goes on

    /** Decides who goes on, or why nobody does. */
    private void choose() {
        chosen = null;
        List<Controlled> live = queue.live();
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
            if (context.ready && context.due <= horizon && cpus.mayRun(context) && (context.guard == null || context.guard.getAsBoolean())) {
                context.turns(enabled);
            }
        }
        if (enabled.isEmpty()) {
            end = atRest();
        } else if (atHand.depth() == setup.steps()) {
            end = StopReason.STEP_LIMIT;
        } else {
            int choice = setup.chooser().choose(enabled, atHand.depth());
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

    /** Nobody can go on: because all is done, because what would happen lies behind the horizon, or because somebody waits for ever. */
    private StopReason atRest() {
        boolean stuck = false;
        for (Controlled context : queue.live()) {
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
            setup.chooser().blocked(context.number, cpus.place(context.cpu));
        }
    }

    // a step

    /** Lets a context go on until another one is chosen, or it ends. */
    private void advance(Controlled context) {
        begin(context);
        boolean returned = false;
        try {
            resume(context);
            returned = true;
        } finally {
            Controlled stopped = atHand.running;
            if (stopped != null) {
                if (returned) {
                    stopped(stopped);
                    settle();
                }
                finish(context);
                if (returned) {
                    choose();
                }
            }
        }
    }

    /** The next step is the context's. */
    private void begin(Controlled context) {
        atHand.open(context);
        atHand.run(context, queue.from());
    }

    private void resume(Controlled context) {
        if (context.task != null) {
            sched.resume(context.task);
        } else {
            sched.fire(context, context.fiber == null);
        }
    }

    private void stopped(Controlled context) {
        cpus.stopped(context);
        sections.stopped(context);
    }

    /** In a prompt world: whatever is due at once, in order of descent, until it stops at a scheduling point, sleeps or ends. */
    private void settle() {
        settling = true;
        for (Controlled context = promptOne(); context != null; context = promptOne()) {
            atHand.run(context, queue.from());
            resume(context);
            stopped(context);
            leave(context);
        }
        settling = false;
    }

    private Controlled promptOne() {
        List<Controlled> live = queue.live();
        for (int i = 0; prompt && i < live.size(); i++) {
            Controlled context = live.get(i);
            if (context.ready && context.prompt && context.choice == null && context.guard == null && cpus.mayRun(context)) {
                return context;
            }
        }
        return null;
    }

    private void finish(Controlled context) {
        if (last != null) {
            last.ranLast = false;
        }
        last = context;
        last.ranLast = true;
        leave(context);
        Step done = atHand.close();
        setup.chooser().executed(done);
    }

    private void leave(Controlled context) {
        atHand.running = null;
        if (context.ended()) {
            queue.live().remove(context);
        }
    }

    /**
     * The running context has come to the end of a step, and its own fiber asks who is next: if that is itself again, as it mostly is, nothing
     * has to be switched. It cannot ask where others have to run before the step is over.
     *
     * @return whether it may go on; if not, the caller suspends its fiber
     */
    boolean goesOn() {
        Controlled self = atHand.running;
        if (self == null || settling || promptOne() != null) {
            return false;
        }
        try {
            stopped(self);
            finish(self);
            choose();
            if (chosen == self) {
                begin(self);
            }
        } catch (RuntimeException | Error e) {
            failure = e;
            chosen = null;
        }
        return chosen == self;
    }
}
