package io.dmalab.api.policy;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.Platform.Outcome;
import io.dmalab.api.kernel.Kernel;
import java.util.Optional;

/** How a platform's removal asks the policy before it begins ({@link FreePolicy#beforeRemoval}). */
public final class RemovalPermit {
    private static final long ASK_AGAIN_MS = 50;

    private RemovalPermit() {}

    /** Asks until the policy does not want to wait any more; how the removal ends if it was refused. Task context, sleeps. */
    public static Optional<Outcome> ask(Kernel kernel, Device device) {
        Verdict verdict = kernel.policy().beforeRemoval(device);
        while (verdict instanceof Verdict.WaitFor) {
            kernel.sched().msleep(ASK_AGAIN_MS);
            verdict = kernel.policy().beforeRemoval(device);
        }
        return verdict instanceof Verdict.Refuse refuse ? Optional.of(new Outcome.Failed(refuse.errno(), refuse.why())) : Optional.empty();
    }
}
