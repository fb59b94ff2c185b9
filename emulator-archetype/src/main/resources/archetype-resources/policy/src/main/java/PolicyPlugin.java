package ${package};

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.policy.FreePolicy;

/** Registers what this jar offers. */
public final class PolicyPlugin implements EmulatorPlugin {
    @Override
    public String id() {
        return "${artifactId}";
    }

    @Override
    public String summary() {
        return "waits for a table in use, then keeps it";
    }

    @Override
    public void register(Extensions extensions) {
        extensions.add(Extension.of(FreePolicy.class, "${artifactId}", WaitThenKeep.class, "waits for a table in use, then keeps it")
                .options(WaitThenKeep.Options.class)
                .description("""
                        Waits for the last unmap before a table is freed, but not for ever: then it is marked dead, so that late unmaps clear its bits and
                        make no hypercall, and freed with the last of them.
                        Costs a blocked removal, and memory for as long as the last buffer is held.
                        """));
    }
}
