package io.dmalab.netstack.actions;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Action;
import io.dmalab.netstack.holders.Process;
import io.dmalab.netstack.holders.Processes;
import jakarta.inject.Inject;

/** SIGSTOP to the processes of a name (kernel/signal.c): from now on they read nothing, and what is unread stays. */
public final class StopProcess implements Action {
    /** What can be set. */
    public record Options(
            @Option(doc = "name or pid of the processes, as reasons show them: iperf3, 1009 or iperf3[1009]") String process) {}

    private final Processes processes;
    private final Options options;

    @Inject
    public StopProcess(Processes processes, Options options) {
        this.processes = processes;
        this.options = options;
    }

    @Override
    public String comm() {
        return "pkill";
    }

    @Override
    public void run() {
        processes.named(options.process()).forEach(Process::stop);
    }
}
