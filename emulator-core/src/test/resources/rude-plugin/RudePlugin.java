package rude;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extensions;
import io.dmalab.api.device.Action;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventTarget;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.Verdict;
import jakarta.inject.Inject;
import java.util.concurrent.Executors;

/** Everything that a plugin must not do. */
public final class RudePlugin implements EmulatorPlugin {
    @Override
    public String id() {
        return "rude";
    }

    @Override
    public String summary() {
        return "for tests of what is done about plugins that misbehave";
    }

    @Override
    public void register(Extensions extensions) {
        extensions.add(Action.class, "throw", Thrower.class, "throws");
        extensions.add(Action.class, "misuse", Misuser.class, "calls the kernel in a way that it refuses");
        extensions.add(Action.class, "overflow", Overflower.class, "calls itself without end");
        extensions.add(Action.class, "spin", Spinner.class, "loops without an event, until the test lets it go");
        extensions.add(Action.class, "storm", Storm.class, "makes each event cause the next");
        extensions.add(Action.class, "drowse", Drowser.class, "sleeps again and again without end");
        extensions.add(Action.class, "thread", Threads.class, "leaves a thread behind");
        extensions.add(Action.class, "pool", Pool.class, "leaves an idle thread of a pool behind");
        extensions.add(Action.class, "steal", Thief.class, "draws from a stream of another plugin");
        extensions.add(FreePolicy.class, "hook", Hook.class, "throws in a hook");
        extensions.add(FreePolicy.class, "unborn", Unborn.class, "throws in its constructor");
        extensions.add(Observer.class, "late", Late.class, "throws when the run is over");
    }

    static final class Thrower implements Action {
        @Override
        public void run() {
            Runnable inside = () -> {
                throw new ArithmeticException("by zero");
            };
            inside.run();
        }
    }

    static final class Misuser implements Action {
        private final Kernel kernel;

        @Inject
        Misuser(Kernel kernel) {
            this.kernel = kernel;
        }

        @Override
        public void run() {
            kernel.sched().spawn("nowhere", 4711, () -> { });
        }
    }

    static final class Overflower implements Action {
        @Override
        public void run() {
            run();
        }
    }

    static final class Spinner implements Action {
        private int turns;

        @Override
        public void run() {
            while (!Boolean.getBoolean("rude.enough")) {
                turn();
            }
        }

        private void turn() {
            turns++;
        }
    }

    static final class Storm implements Action, EventTarget {
        private final Kernel kernel;

        @Inject
        Storm(Kernel kernel) {
            this.kernel = kernel;
        }

        @Override
        public void run() {
            fire(0);
        }

        @Override
        public void fire(long word) {
            kernel.sched().at(kernel.clock().now(), ContextKind.SOFTIRQ, 0, this, 0);
        }
    }

    static final class Drowser implements Action {
        private final Kernel kernel;

        @Inject
        Drowser(Kernel kernel) {
            this.kernel = kernel;
        }

        @Override
        public void run() {
            while (true) {
                kernel.sched().sleepNanos(1);
            }
        }
    }

    static final class Threads implements Action {
        @Override
        public void run() {
            Thread thread = new Thread(Threads::wait10s, "rude thread");
            thread.setDaemon(true);
            thread.start();
        }

        private static void wait10s() {
            try {
                Thread.sleep(10_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    static final class Pool implements Action {
        @Override
        public void run() {
            Executors.newFixedThreadPool(1, task -> {
                Thread thread = new Thread(task, "rude pool");
                thread.setDaemon(true);
                return thread;
            }).execute(() -> { });
        }
    }

    static final class Thief implements Action {
        private final Kernel kernel;

        @Inject
        Thief(Kernel kernel) {
            this.kernel = kernel;
        }

        @Override
        public void run() {
            kernel.random().stream("memory reuse").nextLong();
        }
    }

    static final class Hook implements FreePolicy {
        @Override
        public Verdict unregister(Device device, String netdev, int inFlight) {
            throw new UnsupportedOperationException("not yet");
        }
    }

    static final class Unborn implements FreePolicy {
        @Inject
        Unborn(Kernel kernel) {
            throw new IllegalStateException("not today");
        }
    }

    static final class Late implements Observer {
        @Override
        public void end() {
            throw new IllegalStateException("too late");
        }
    }
}
