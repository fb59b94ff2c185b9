package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.net.HolderEvent;
import java.util.Optional;

/** TCP sockets with their receive queue (net/ipv4/tcp_ipv4.c, tcp_input.c, v6.14): the common part of the holders that are such queues. */
public abstract class TcpSockets extends SocketHolder {
    TcpSockets(PacketSink sink, Processes processes, long receiveBuffer, int count, String comm, Optional<Integer> cpu,
            HoldTime readAfter) {
        super(sink, processes, new Kind("tcp receive queue", "tcp_sock", receiveBuffer), count, comm, cpu, readAfter);
    }

    @Override
    @KernelFunction("tcp_v4_rcv")
    public void take(int skb) {
        tcpDataQueue(skb);
    }

    @KernelFunction("tcp_data_queue")
    private void tcpDataQueue(int skb) {
        if (enqueue(skb)) {
            dataReady(socket(skb));
        }
    }

    /** sk_data_ready: a packet has been queued. Softirq context. */
    abstract void dataReady(SockQueue socket);

    @Override
    @KernelFunction("tcp_close")
    public void close() {
        closeAll("process exit");
    }

    @Override
    public void on(HolderEvent event) {
        super.on(event);
        if (event instanceof HolderEvent.MemoryPressure && !isClosed()) {
            collapse();
        }
    }

    /** Data is copied into fresh, dense buffers; the packets it came in are freed, and a reader finds the copies. */
    @KernelFunction("tcp_collapse")
    private void collapse() {
        for (SockQueue socket : sockets) {
            drain(socket, false, "tcp_collapse");
        }
    }
}
