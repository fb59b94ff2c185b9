package io.dmalab.testkit.kit;

import io.dmalab.api.Extensions;
import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.policy.DetachStep;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.PoolGuard;
import io.dmalab.api.policy.TableRelease;
import io.dmalab.api.policy.Verdict;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;

/** Policies that do what no policy may do, each one thing. */
final class BrokenPolicies {
    private BrokenPolicies() {}

    static void register(Extensions extensions) {
        extensions.add(FreePolicy.class, "sleepy", Sleepy.class, "sleeps where a mapping is made");
        extensions.add(FreePolicy.class, "twice-plan", TwicePlan.class, "plans a step twice");
        extensions.add(FreePolicy.class, "fickle-plan", FicklePlan.class, "has another plan each time");
        extensions.add(FreePolicy.class, "fickle-watch", FickleWatch.class, "changes its mind about watching");
        extensions.add(FreePolicy.class, "late-refusal", LateRefusal.class, "refuses when the table is being freed");
        extensions.add(FreePolicy.class, "wordless", Wordless.class, "refuses without a reason");
        extensions.add(FreePolicy.class, "endless", Endless.class, "waits for a table that it saw in use, for ever");
        extensions.add(FreePolicy.class, "idle-staller", IdleStaller.class, "stalls an interface that has nothing in flight");
        extensions.add(FreePolicy.class, "dropper", Dropper.class, "drops unmaps of devices that are there");
        extensions.add(FreePolicy.class, "negative", Negative.class, "saves memory by magic");
        extensions.add(FreePolicy.class, "no-such-backend", NoSuchBackend.class, "wants a backend that nobody has");
        extensions.add(FreePolicy.class, "gambler", Gambler.class, "draws from somebody else's stream");
        extensions.add(FreePolicy.class, "lock-keeper", LockKeeper.class, "keeps a lock when it is asked about an idle interface");
    }

    static final class Sleepy implements FreePolicy {
        private final Kernel kernel;

        @Inject
        Sleepy(Kernel kernel) {
            this.kernel = kernel;
        }

        @Override
        public boolean watchesMappings() {
            return true;
        }

        @Override
        public void mapped(Device device, long dmaAddress, long bytes, DmaDirection direction) {
            if (kernel.sched().inAtomic()) {
                kernel.sched().msleep(1);
            }
        }
    }

    static final class TwicePlan implements FreePolicy {
        @Override
        public List<DetachStep> detachPlan() {
            return List.of(DetachStep.REMOVE_WINDOWS, DetachStep.RELEASE_TABLES, DetachStep.FORGET_WINDOW, DetachStep.FORGET_WINDOW);
        }
    }

    static final class FicklePlan implements FreePolicy {
        private int asked;

        @Override
        public List<DetachStep> detachPlan() {
            return asked++ % 2 == 0 ? FreePolicy.super.detachPlan() : FreePolicy.super.detachPlan().reversed();
        }
    }

    static final class FickleWatch implements FreePolicy {
        private boolean watches;

        @Override
        public boolean watchesMappings() {
            watches = !watches;
            return watches;
        }
    }

    static final class LateRefusal implements FreePolicy {
        @Override
        public Verdict releaseTable(TableRelease table) {
            return table.inUse() ? new Verdict.Refuse(16, "still in use") : Verdict.PROCEED;
        }
    }

    static final class Wordless implements FreePolicy {
        private boolean asked;

        @Override
        public Verdict beforeRemoval(Device device) {
            boolean first = !asked;
            asked = true;
            return first ? new Verdict.WaitFor(" ") : Verdict.PROCEED;
        }
    }

    static final class Endless implements FreePolicy {
        private boolean wasInUse;

        @Override
        public Verdict releaseTable(TableRelease table) {
            wasInUse |= table.inUse();
            return wasInUse ? new Verdict.WaitFor("one never knows") : Verdict.PROCEED;
        }
    }

    static final class IdleStaller implements FreePolicy {
        private boolean asked;

        @Override
        public Verdict unregister(Device device, String netdev, int poolPagesInFlight) {
            boolean first = !asked;
            asked = true;
            return first ? new Verdict.WaitFor("let me think") : Verdict.PROCEED;
        }
    }

    static final class Dropper implements FreePolicy {
        private int unmaps;

        @Override
        public boolean watchesMappings() {
            return true;
        }

        @Override
        public boolean unmapping(Device device, long dmaAddress, long bytes, DmaDirection direction) {
            return !device.bound() || ++unmaps % 50 != 0;
        }
    }

    static final class Negative implements FreePolicy {
        @Override
        public int bytesPerMappedPage() {
            return -8;
        }
    }

    static final class NoSuchBackend implements FreePolicy {
        @Override
        public Optional<String> iommuBackend() {
            return Optional.of("vt-d");
        }
    }

    static final class Gambler implements FreePolicy {
        private final Kernel kernel;

        @Inject
        Gambler(Kernel kernel) {
            this.kernel = kernel;
        }

        @Override
        public PoolGuard guardPool(Device device, int poolSize) {
            kernel.random().stream("kit-nic").nextLong();
            return PoolGuard.NONE;
        }
    }

    static final class LockKeeper implements FreePolicy {
        private final Kernel kernel;

        @Inject
        LockKeeper(Kernel kernel) {
            this.kernel = kernel;
        }

        @Override
        public Verdict unregister(Device device, String netdev, int poolPagesInFlight) {
            if (poolPagesInFlight == 5) {
                kernel.locks().spin("&kept->lock").lock();
            }
            return Verdict.PROCEED;
        }
    }
}
