package io.dmalab.netstack.actions;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Action;
import io.dmalab.api.net.Holders;
import io.dmalab.netstack.holders.SocketControl;
import jakarta.inject.Inject;

/**
 * {@code ss -K}: destroys the sockets of a process, which goes on without them (net/core/sock_diag.c sock_diag_destroy). A socket in state
 * CLOSE is not found and stays as it is.
 */
public final class KillSocket implements Action {
    /** What can be set. */
    public record Options(
            @Option(doc = "name or pid of the process that has the sockets open: iperf3, 1009 or iperf3[1009]") String process) {}

    private final Holders holders;
    private final Options options;

    @Inject
    public KillSocket(Holders holders, Options options) {
        this.holders = holders;
        this.options = options;
    }

    @Override
    public String comm() {
        return "ss";
    }

    @Override
    public void run() {
        for (Holders.Entry entry : holders.entries()) {
            if (entry.holder() instanceof SocketControl sockets && sockets.belongsTo(options.process())) {
                sockets.destroy();
            }
        }
    }
}
