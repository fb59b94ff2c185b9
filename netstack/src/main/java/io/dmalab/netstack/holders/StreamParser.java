package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * Records that are not complete yet, of kernel TLS or another stream parser (net/strparser, net/tls/tls_strp.c, v6.14): the packets of a
 * record stay until its last byte has come, and then are handed to the reader. If the rest never comes, because the peer is gone or the
 * flow has ended, they stay until the socket is closed. Left out: decryption, headers, records larger than the receive buffer.
 */
public final class StreamParser extends SocketHolder {
    /** What can be set. */
    public record Options(
            @Option(value = "nginx", doc = "name of the process that reads") String process,
            @Option(value = "1", doc = "sockets of the process, 1 to 65536; flows are spread over them") int sockets,
            @Option(doc = "CPU on which the process runs; by default one of the last ones") Optional<Integer> cpu,
            @Option(value = "16KiB", doc = "bytes of a record, headers included") ByteSize record,
            @Option(value = "{ log-normal: { median: 200us, p99: 20ms } }", doc = "time from a complete record to the read")
                    HoldTime readAfter,
            @Option(value = "6MiB", doc = "receive buffer of a socket, in bytes of truesize") ByteSize receiveBuffer) {
        public Options {
            Checks.range("sockets", sockets, 1, 65536);
            Checks.range("record", record.bytes(), 1, 1 << 30);
        }
    }

    private final long record;
    /** Per socket: bytes that have come, bytes of complete records among them, bytes that have been read. */
    private final long[] arrived;
    private final long[] complete;
    private final long[] read;

    @Inject
    public StreamParser(PacketSink sink, Processes processes, Options options) {
        super(sink, processes, new Kind("stream parser", "tcp_sock", options.receiveBuffer().bytes()), options.sockets(), options.process(),
                options.cpu(), options.readAfter());
        this.record = options.record().bytes();
        this.arrived = new long[options.sockets()];
        this.complete = new long[options.sockets()];
        this.read = new long[options.sockets()];
    }

    @Override
    @KernelFunction("tcp_v4_rcv")
    public void take(int skb) {
        int length = buffers.length(skb);
        int socket = sockets.length == 1 ? 0 : Math.floorMod(buffers.flow(skb), sockets.length);
        if (enqueue(skb)) {
            strpDataReady(socket, length);
        }
    }

    @KernelFunction("strp_data_ready")
    private void strpDataReady(int socket, int length) {
        arrived[socket] += length;
        long whole = arrived[socket] / record * record;
        if (whole > complete[socket]) {
            complete[socket] = whole;
            process.wake();
        }
    }

    @Override
    String state() {
        return "record incomplete or unread";
    }

    /** A packet goes when all its bytes belong to complete records. */
    @Override
    @KernelFunction("tls_sw_recvmsg")
    public void read() {
        int count = 0;
        for (int i = 0; i < sockets.length; i++) {
            for (int skb = sockets[i].peek(); skb >= 0 && read[i] + buffers.length(skb) <= complete[i]; skb = sockets[i].peek()) {
                read[i] += buffers.length(skb);
                buffers.release(sockets[i].dequeue());
                count++;
            }
        }
        sink.letGo(name, count, "record complete");
    }

    @Override
    @KernelFunction("tcp_close")
    public void close() {
        closeAll("process exit");
    }
}
