package probe;

import io.dmalab.api.Components;
import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.config.Option;
import io.dmalab.api.device.Action;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.policy.FreePolicy;
import jakarta.inject.Inject;
import jakarta.inject.Provider;

/** Actions that use injection rightly and wrongly. */
public final class ProbePlugin implements EmulatorPlugin {
    @Override
    public String id() {
        return "probe";
    }

    @Override
    public String summary() {
        return "for tests of injection";
    }

    @Override
    public void register(Extensions extensions) {
        extensions.add(Extension.of(Action.class, "say", Say.class, "counts and logs").options(Say.Options.class));
        extensions.add(Action.class, "greedy", Greedy.class, "wants another one's options");
        extensions.add(Action.class, "picky", Picky.class, "refuses whatever it is given");
        extensions.add(Action.class, "broken", Broken.class, "fails in its constructor");
        extensions.add(Action.class, "lazy", Lazy.class, "asks for an object when no machine is being built");
        extensions.add(Action.class, "composer", Composer.class, "asks for a part that there is not");
        extensions.add(Action.class, "circle", Circle.class, "needs what needs itself");
        extensions.add(Action.class, "crash", Crash.class, "has a defect");
    }

    /** One for each machine. */
    @MachineScoped
    static final class Tally {
        private int value;

        @Inject
        Tally() {}

        int next() {
            return ++value;
        }
    }

    static final class Say implements Action {
        record Options(@Option(value = "hello", doc = "what") String word) {}

        private final Kernel kernel;
        private final Tally tally;
        private final Options options;
        private final FreePolicy policy;

        @Inject
        Say(Kernel kernel, Tally tally, Options options, FreePolicy policy) {
            this.kernel = kernel;
            this.tally = tally;
            this.options = options;
            this.policy = policy;
        }

        @Override
        public String comm() {
            return "say-" + options.word();
        }

        @Override
        public void run() {
            kernel.printk().info("say: " + options.word() + " " + tally.next() + " " + (policy == kernel.policy()) + " " + kernel.sched()
                    .current().comm());
        }
    }

    static final class Greedy implements Action {
        @Inject
        Greedy(Say.Options options) {}

        @Override
        public void run() {}
    }

    static final class Picky implements Action {
        @Inject
        Picky(Kernel kernel) {
            throw new IllegalArgumentException("it needs two devices");
        }

        @Override
        public void run() {}
    }

    static final class Broken implements Action {
        @Inject
        Broken(Kernel kernel) {
            throw new IllegalStateException("not today");
        }

        @Override
        public void run() {}
    }

    static final class Lazy implements Action {
        private final Provider<Tally> tally;

        @Inject
        Lazy(Provider<Tally> tally) {
            this.tally = tally;
        }

        @Override
        public void run() {
            tally.get();
        }
    }

    static final class Composer implements Action {
        private final Components components;

        @Inject
        Composer(Components components) {
            this.components = components;
        }

        @Override
        public void run() {
            components.create(IommuBackend.class, "dirct");
        }
    }

    @MachineScoped
    static final class Hen {
        @Inject
        Hen(Egg egg) {}
    }

    @MachineScoped
    static final class Egg {
        @Inject
        Egg(Hen hen) {}
    }

    static final class Circle implements Action {
        @Inject
        Circle(Hen hen) {}

        @Override
        public void run() {}
    }

    static final class Crash implements Action {
        @Override
        public void run() {
            throw new ArithmeticException("by zero");
        }
    }
}
