package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.Buffers;
import io.dmalab.api.net.HolderEvent;
import java.util.Optional;

/**
 * Sockets of one process, over which flows are spread: the common part of holders that end in a socket. Packets wait in the socket's queue
 * until the process reads them; what is there when it exits is freed in its own context.
 */
public abstract class SocketHolder implements BufferHolder, Process.Files, SocketControl {
    /**
     * What distinguishes one kind of socket from another.
     *
     * @param queue  which queue, for reasons: {@code tcp receive queue}
     * @param type   the kernel's struct
     * @param limit  bytes of truesize that a socket takes
     */
    record Kind(String queue, String type, long limit) {}

    final Kernel kernel;
    final Buffers buffers;
    final PacketSink sink;
    final Process process;
    final SockQueue[] sockets;
    /** Its name in the trace. */
    final long name;
    private final Kind kind;
    private boolean labelled;
    private boolean closed;

    SocketHolder(PacketSink sink, Processes processes, Kind kind, int count, String comm, Optional<Integer> cpu, HoldTime readAfter) {
        this.kernel = sink.kernel();
        this.buffers = sink.buffers();
        this.sink = sink;
        this.kind = kind;
        this.process = processes.start(comm, cpu, readAfter, this);
        this.name = sink.name(kind.queue() + " of " + process);
        this.sockets = new SockQueue[count];
        for (int i = 0; i < count; i++) {
            sockets[i] = new SockQueue(kernel, buffers, kind.type(), kind.limit());
        }
    }

    /** Charges the packet to its socket; false if it has been dropped, because the socket is full or gone. Softirq context. */
    final boolean enqueue(int skb) {
        if (!labelled) {
            relabel();
        }
        if (closed || !socket(skb).queue(skb)) {
            sink.drop(skb, name);
            return false;
        }
        return true;
    }

    /** The socket that a packet's flow belongs to. */
    final SockQueue socket(int skb) {
        return sockets.length == 1 ? sockets[0] : sockets[Math.floorMod(buffers.flow(skb), sockets.length)];
    }

    /** Frees all that a socket has in the reader's context as {@code free} does it, and notes it. @return packets */
    final int drain(SockQueue socket, boolean deferred, String cause) {
        if (socket.isEmpty()) {
            return 0;
        }
        int claimed = socket.claim();
        int count = 0;
        // somebody else may destroy the socket while freeing takes its time
        while (count < claimed && !socket.isEmpty()) {
            int skb = socket.next();
            count++;
            if (deferred) {
                buffers.releaseDeferred(skb);
            } else {
                buffers.release(skb);
            }
        }
        sink.letGo(name, count, cause);
        return count;
    }

    /** Closes every socket that is open: what they hold is freed, and so are they. */
    final void closeAll(String cause) {
        if (closed) {
            return;
        }
        closed = true;
        for (SockQueue socket : sockets) {
            drain(socket, false, cause);
            socket.free();
        }
    }

    final boolean isClosed() {
        return closed;
    }

    @Override
    public final boolean belongsTo(String name) {
        return process.matches(name);
    }

    @Override
    @KernelFunction("sock_diag_destroy")
    public boolean destroy() {
        if (closed) {
            return false;
        }
        closeAll("ss -K");
        return true;
    }

    @Override
    public void on(HolderEvent event) {
        switch (event) {
            case HolderEvent.ProcessExit exit when process.matches(exit.process()) -> process.kill();
            case HolderEvent.NamespaceExit exit -> process.kill();
            default -> { }
        }
    }

    /** What the reader is doing, for reasons. */
    String state() {
        return "reader " + process.state();
    }

    /** Names the sockets' packets after the present state of things. */
    final void relabel() {
        labelled = true;
        for (int i = 0; i < sockets.length; i++) {
            sockets[i].relabel(reason(i));
        }
    }

    @Override
    public void stateChanged() {
        relabel();
    }

    private String reason(int socket) {
        return kind.queue() + (sockets.length == 1 ? "" : " " + (socket + 1)) + " of " + process + ", " + state();
    }

    @Override
    public final String reason() {
        return kind.queue() + (sockets.length == 1 ? " of " : "s (" + sockets.length + ") of ") + process + ", " + state();
    }

    @Override
    public int held() {
        int sum = 0;
        for (SockQueue socket : sockets) {
            sum += socket.size();
        }
        return sum;
    }
}
