package io.dmalab.core.kernel;

import io.dmalab.core.explore.AccessKind;
import io.dmalab.core.explore.Names;
import io.dmalab.core.explore.Step;

/** The step at hand of an exploring run: whose it is, what it has touched so far, and what that makes the time of its context. */
final class StepAtHand {
    /** Whose code runs; null between steps, and as long as nobody explores. */
    Controlled running;
    /** Null where nobody looks at states. */
    private final StateView view;
    private PlaceTimes times;
    private Step step;
    private int depth;

    StepAtHand(StateView view) {
        this.view = view;
    }

    /** The exploration begins. @param places how many there will be, as far as is known */
    void explores(int places) {
        times = new PlaceTimes(places);
    }

    /** What is due when the exploration begins runs in a step of boot's, that nobody hears of. */
    void openBoot() {
        step = new Step(Names.BOOT, 0, "", "", null);
        times.step(0);
    }

    /** The next step is the context's; {@link #run} comes next. */
    void open(Controlled context) {
        step = new Step(context.number, context.cpu, context.function, context.action, context.choice == null ? null : context.moved);
        times.step(++depth);
        if (context.guard != null) {
            step.waitedFor(context.lock);
        }
    }

    /** The step is over. */
    Step close() {
        Step done = step;
        step = null;
        return done;
    }

    /** The context goes on within the step, not before {@code from}. */
    void run(Controlled context, long from) {
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

    /** How many steps there have been, this one too. */
    int depth() {
        return depth;
    }

    void touch(int place, AccessKind kind) {
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

    /** The step made another context able to run. */
    void starts(Controlled context) {
        if (step != null && context != running) {
            step.starts(context.number);
            if (view != null) {
                view.started(context, running);
            }
        }
    }

    /** The step did something that is looked for; false if there is no step. */
    boolean found() {
        if (step == null) {
            return false;
        }
        step.found();
        return true;
    }
}
