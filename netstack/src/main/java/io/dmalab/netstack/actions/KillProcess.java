package io.dmalab.netstack.actions;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Action;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.netstack.Stack;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * SIGKILL to the processes of a name (kernel/signal.c, exit.c). Each closes its files in its own context, a moment later; what its sockets,
 * pipes and queues hold is freed there.
 */
public final class KillProcess implements Action {
    /** What can be set. */
    public record Options(
            @Option(doc = "name or pid of the processes, as reasons show them: iperf3, 1009 or iperf3[1009]; none: every process")
                    Optional<String> process) {}

    private final Stack stack;
    private final Options options;

    @Inject
    public KillProcess(Stack stack, Options options) {
        this.stack = stack;
        this.options = options;
    }

    @Override
    public String comm() {
        return "pkill";
    }

    @Override
    public void run() {
        stack.event(new HolderEvent.ProcessExit(options.process().orElse("")));
    }
}
