package ${package};

import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.policy.DetachStep;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.TableRelease;
import io.dmalab.api.policy.Verdict;
import jakarta.inject.Inject;
import java.util.List;

/**
 * Asked when the last reference to a translation table is gone (iommu_table_free of the kernel): waits until nothing is mapped any more, for at
 * most {@code cap}; what is then still in use is kept, and freed with its last entry. Every other hook of {@link FreePolicy} does what the unpatched kernel does.
 */
final class WaitThenKeep implements FreePolicy {
    /** What scenarios and command lines can set: {@code --policy ${artifactId},cap=5s}. */
    record Options(@Option(value = "500ms", doc = "how long the removal waits at most") Span cap) {
        Options {
            if (cap.isForever()) {
                throw new IllegalArgumentException("cap 'forever' would hang the removal; give a duration");
            }
        }
    }

    private final Options options;

    @Inject
    WaitThenKeep(Options options) {
        this.options = options;
    }

    /** The tables go while their windows are still there: what is unmapped during the wait reaches its entries. */
    @Override
    public List<DetachStep> detachPlan() {
        return List.of(DetachStep.RELEASE_TABLES, DetachStep.REMOVE_WINDOWS, DetachStep.FORGET_WINDOW);
    }

    @Override
    public Verdict releaseTable(TableRelease table) {
        long jiffies = table.kernel().clock().msecsToJiffies(options.cap().nanos() / 1_000_000);
        if (!table.inUse() || table.awaitIdle(jiffies)) {
            return Verdict.PROCEED;
        }
        table.markDead();
        table.freeWhenIdle();
        return new Verdict.Keep(table.used() + " entries still mapped");
    }
}
