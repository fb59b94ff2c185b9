package toy;

import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.device.Device;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.Verdict;
import jakarta.inject.Inject;

final class Patient implements FreePolicy {
    record Options(@Option(value = "1min", doc = "how long it waits at most") Span cap) {
        public Options {
            if (cap.isForever()) {
                throw new IllegalArgumentException("cap 'forever' would hang the removal; give a duration");
            }
        }
    }

    private final Options options;

    @Inject
    Patient(Options options) {
        this.options = options;
    }

    @Override
    public Verdict unregister(Device device, String netdev, int poolPagesInFlight) {
        return poolPagesInFlight > 0 && options.cap().nanos() > 0 ? new Verdict.WaitFor("pages in flight") : Verdict.PROCEED;
    }
}
