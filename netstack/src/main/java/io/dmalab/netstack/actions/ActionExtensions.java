package io.dmalab.netstack.actions;

import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.device.Action;
import io.dmalab.netstack.zcrx.ZcrxAction;
import java.util.Optional;

/** Registers what a timeline can do to the network stack and to those who hold packets. */
public final class ActionExtensions {
    private ActionExtensions() {}

    public static void register(Extensions extensions) {
        processes(extensions);
        interfaces(extensions);
        machine(extensions);
    }

    private static void processes(Extensions extensions) {
        add(extensions, "kill-process", KillProcess.class, KillProcess.Options.class, "kills the processes of a name, or all", """
                Each closes its files in its own context; sockets, pipes, tap and netfilter queues let go. Without a name: every
                process.""");
        add(extensions, "stop-process", StopProcess.class, StopProcess.Options.class, "stops the processes of a name (SIGSTOP)", """
                They read nothing any more; what is unread stays until they go on or are killed.""");
        add(extensions, "continue-process", ContinueProcess.class, ContinueProcess.Options.class, "lets stopped processes go on", """
                They read what is there.""");
        add(extensions, "kill-socket", KillSocket.class, KillSocket.Options.class, "destroys the sockets of a process (ss -K)", """
                The process goes on without them. A socket in CLOSE after an RST in CLOSE_WAIT cannot be destroyed.""");
    }

    private static void interfaces(Extensions extensions) {
        add(extensions, "ifdown", IfDown.class, IfDown.Options.class, "takes an interface down", """
                The driver closes its queues, so that its page pools are destroyed while the device stays bound.""");
        add(extensions, "ifup", IfUp.class, IfUp.Options.class, "brings an interface up", """
                The driver opens its queues with new page pools.""");
        add(extensions, "link", Link.class, Link.Options.class, "an interface loses its link or gets it back", """
                A bond notices within its monitoring interval.""");
        add(extensions, "foreign-down", ForeignDown.class, ForeignDown.Options.class,
                "an interface outside the machine's devices goes down", """
                Empties the holders that name it as their outgoing interface or veth peer.""");
        add(extensions, "zcrx", ZcrxAction.class, ZcrxAction.Options.class,
                "a process has io_uring take over a receive queue (zero-copy receive)", """
                Its memory is mapped for the device by the provider, not by the pool, and unmapped when the process closes its ring, unless the policy
                says earlier. No packets are received into it.""");
        add(extensions, "neighbour-resolve", NeighbourResolve.class, NeighbourResolve.Options.class, "unresolved neighbours answer", """
                Packets that neighbour-queue holds are sent.""");
    }

    private static void machine(Extensions extensions) {
        add(extensions, "namespace-exit", NamespaceExit.class, null, "the network namespace of the holders ends", """
                Frees reassembly queues, sockets, neighbours and queues. A socket in CLOSE whose file is open (close-wait) stays.""");
        add(extensions, "net-rx", NetRx.class, NetRx.Options.class, "an unrelated interrupt wakes a CPU", """
                NET_RX runs there, which empties the CPU's defer list: what brought back pages that had been lost for hours.""");
        add(extensions, "loopback-traffic", LoopbackTraffic.class, LoopbackTraffic.Options.class,
                "local processes talk over lo: NET_RX runs on every CPU now and then", """
                What keeps the CPUs of a busy machine from leaving packets on their defer lists. Without it, and without another NIC, up
                to 32 packets stay on a CPU that no longer receives.""");
        add(extensions, "cpu-offline", CpuOffline.class, CpuOffline.Options.class, "takes a CPU offline", """
                Its backlog and defer list are emptied.""");
        add(extensions, "memory-pressure", MemoryPressure.class, null, "TCP runs out of memory", """
                Out-of-order queues are pruned; receive queues are collapsed into copies, which frees their pages.""");
    }

    private static void add(Extensions extensions, String id, Class<? extends Action> action, Class<? extends Record> options,
            String summary, String description) {
        Extension<Action> extension = Extension.<Action>of(Action.class, id, action, summary).description(description.replace('\n', ' '));
        extensions.add(Optional.<Class<? extends Record>>ofNullable(options).map(extension::options).orElse(extension));
    }
}
