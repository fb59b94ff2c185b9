package io.dmalab.netstack.holders;

import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.net.BufferHolder;

/** Registers the buffer holders, in the order of the catalogue in netstack-holders.md. */
public final class HolderExtensions {
    private HolderExtensions() {}

    public static void register(Extensions extensions) {
        extensions.events(HolderEvents.all());
        sockets(extensions);
        reassembly(extensions);
        forwarding(extensions);
        readers(extensions);
        references(extensions);
        others(extensions);
    }

    private static void sockets(Extensions extensions) {
        add(extensions, "tcp-receive-queue", TcpReceiveQueue.class, TcpReceiveQueue.Options.class,
                "TCP receive queue; the reader wakes up after a while and reads everything", """
                Packets wait in their socket until the process reads. The reader is woken by the first one, comes after read-after, reads
                all there is and frees it as tcp_recvmsg does: a packet that another CPU received goes to the defer list of that CPU.
                Limited by the receive buffer in bytes of truesize, which reading lets grow from 128 KiB to 6 MiB; what does not fit is
                dropped. A stopped process leaves everything where it is. Ends with the process or its namespace; memory pressure copies
                the data and frees the packets.""");
        add(extensions, "never-read-socket", NeverReadSocket.class, NeverReadSocket.Options.class,
                "TCP socket that is open and never read: unbounded", """
                A leaked or forgotten socket. The buffer stays at 128 KiB, some 57 packets of 1500 bytes, each of which may pin a page of
                its own and one TCE. Nothing ends it but the exit of the process, its namespace, ss -K, or memory pressure.""");
        add(extensions, "stuck-socket", StuckSocket.class, StuckSocket.Options.class,
                "TCP socket whose reader stops in the middle of its work: unbounded", """
                Reads like tcp-receive-queue for runs-for, then is stopped for stuck-for (SIGSTOP, debugger, deadlock, a long collection
                pause). By then the buffer may have grown to 6 MiB: up to 2600 packets.""");
        add(extensions, "close-wait", CloseWait.class, CloseWait.Options.class,
                "TCP socket in CLOSE after an RST in CLOSE_WAIT: only the close of its file descriptor frees it", """
                Seen with kernels up to 6.19 when a NIC flaps: the RST moves the socket to CLOSE without emptying its receive queue, ss -K
                no longer finds it, and the packets stay until the process exits. kill-socket and namespace-exit change nothing.""");
        add(extensions, "tcp-out-of-order", TcpOutOfOrder.class, TcpOutOfOrder.Options.class,
                "TCP out-of-order queue: a gap that is filled, or a peer that is lost (924 s)", """
                Packets behind a gap. filled-after is the time until the missing packet is sent again; with forever the peer is lost, and
                the connection ends when its own data has timed out: 200 ms doubling to 120 s, tcp_retries2 = 15 retries, at least 924.6
                s. Pruned first under memory pressure.""");
        add(extensions, "socket-backlog", SocketBacklog.class, SocketBacklog.Options.class,
                "backlog of a TCP socket that its owner has locked", """
                Packets that arrive while the owner is inside a system call; processed when it unlocks, after locked-for. An owner that is
                stopped there keeps them.""");
        add(extensions, "udp-receive-queue", UdpReceiveQueue.class, UdpReceiveQueue.Options.class,
                "UDP or raw receive queue: 212992 bytes of truesize", """
                rmem_default bytes, some 93 packets of 1500 bytes, then packets are dropped. The reader frees in its own context.
                read-after: forever is a daemon that hangs.""");
        add(extensions, "packet-socket", PacketSocket.class, PacketSocket.Options.class,
                "AF_PACKET socket: a clone of each packet waits for the reader", """
                The clone shares the data with the packet proper and is the last to go. With mmap-ring: on the data is copied at once and
                nothing is held.""");
    }

    private static void reassembly(Extensions extensions) {
        add(extensions, "ip-frag", IpFrag.class, IpFrag.Options.class, "IPv4 reassembly: a fragment is missing, 30 s", """
                A queue per datagram, ended by completion, by a kernel timer 30 s after the first fragment (rounded up by the timer wheel:
                up to 32.06 s at HZ 250), or with the namespace. That the receiving device goes away changes nothing. All queues share 4
                MiB; beyond that fragments are dropped.""");
        add(extensions, "ipv6-frag", Ipv6Frag.class, Ipv6Frag.Options.class, "IPv6 reassembly: a fragment is missing, 60 s", """
                As ip-frag, with 60 s. Connection tracking defragments IPv6 in the same way.""");
    }

    private static void forwarding(Extensions extensions) {
        add(extensions, "neighbour-queue", NeighbourQueue.class, NeighbourQueue.Options.class,
                "packets for a neighbour that does not answer: about 3 s", """
                Forwarded packets wait, 212992 bytes for each neighbour, the oldest dropped first, while three probes are sent a second
                apart. The action neighbour-resolve, or resolve-after, lets them go; a failure, the end of the outgoing interface or of
                the namespace frees them.""");
        add(extensions, "qdisc", Qdisc.class, Qdisc.Options.class, "queue of another interface that received packets are forwarded to", """
                Packets leave in order at the speed of the outgoing link, each after an extra delay. delay: forever is a link that has
                stopped: then only the end of that interface (ifdown) or of the namespace empties it.""");
        add(extensions, "foreign-tx", ForeignTx.class, ForeignTx.Options.class,
                "transmit ring of another device that received packets are forwarded to", """
                A packet stays until the other device has sent it. With stuck-after that device gets stuck: its ring fills, and its
                watchdog resets it after 15 s.""");
        add(extensions, "veth-ring", VethRing.class, VethRing.Options.class, "ring of a veth pair into a container: milliseconds", """
                256 packets that wait for the poll of the peer.""");
    }

    private static void readers(Extensions extensions) {
        add(extensions, "tap-queue", TapQueue.class, TapQueue.Options.class,
                "queue of a tun or tap interface towards a process or a virtual machine", """
                500 packets; read after read-after, forever while the machine is paused. Ends with the process.""");
        add(extensions, "nfqueue", Nfqueue.class, Nfqueue.Options.class, "netfilter queue: packets wait for a daemon's verdict", """
                1024 packets; a full queue drops, or lets pass with fail-open. Packets that name an interface which goes down are dropped:
                below a bond that is the bond, not the slave. Ends with the daemon.""");
        add(extensions, "defer-list", DeferList.class, DeferList.Options.class,
                "prompt reader on another CPU: packets end on the defer list of the CPU that received them", """
                skb_attempt_defer_free hands packets back to the CPU that received them, where they lie until it runs net_rx_action; up to
                half the list, 32 packets, without any kick. Once that CPU has gone idle they stay until something unrelated wakes it: the
                action net-rx, another NIC, its going offline.""");
        add(extensions, "strparser", StreamParser.class, StreamParser.Options.class,
                "kernel TLS or another stream parser: a record that is not complete", """
                Packets stay until the last byte of their record has come. If the flow ends in the middle of a record they stay until the
                socket is closed.""");
    }

    private static void references(Extensions extensions) {
        add(extensions, "splice-pipe", SplicePipe.class, SplicePipe.Options.class,
                "socket spliced into a pipe: from pool owner to plain page reference", """
                The splice takes ordinary page references and frees the packet, which ends the DMA mapping at once; the pipe's 16 slots
                may then stay full for ever without delaying anything. While the pipe is full, packets wait in the socket, and those do
                hold.""");
        add(extensions, "tcp-mmap", TcpMmap.class, TcpMmap.Options.class, "TCP zero-copy receive into a process: plain page references", """
                Whole-page fragments are mapped into the process, everything else is copied; the packet is freed at the read either
                way.""");
        add(extensions, "retransmit-queue", RetransmitQueue.class, RetransmitQueue.Options.class,
                "forwarded data in a TCP retransmit queue: until acknowledged, or 924 s", """
                A proxy that splices, or zero-copy transmission. ack-after: forever is a lost peer. When the process exits, the orphan is
                given up after 8 retries, some 102 s.""");
    }

    private static void others(Extensions extensions) {
        add(extensions, "async-crypto", AsyncCrypto.class, AsyncCrypto.Options.class,
                "asynchronous decryption: microseconds to milliseconds", """
                Requests to an engine, completed in order in softirq context. Only completion ends it.""");
        add(extensions, "xfrm-hold", XfrmHold.class, XfrmHold.Options.class,
                "IPsec policy without a security association yet: at most 60 s", """
                100 packets that wait for the association.""");
        add(extensions, "hold", Hold.class, Hold.Options.class, "each packet for a time of its own, without a mechanism", """
                For measured hold times and for holders that nothing else models: time is a distribution, reason is what reports say.""");
        add(extensions, "recorded-hold", RecordedHold.class, RecordedHold.Options.class,
                "each packet for a time as was recorded for those that came then", """
                What dmalab import writes: the distribution of hold times changes with time, as it did in the recording. Times are drawn
                from it for each packet.""");
        add(extensions, "leak", Leak.class, Leak.Options.class, "packets that nobody will ever free", """
                A driver that forgets a page, a lost reference. No event ends it.""");
    }

    private static void add(Extensions extensions, String id, Class<? extends BufferHolder> holder, Class<? extends Record> options,
            String summary, String description) {
        Extension<BufferHolder> extension = Extension.of(BufferHolder.class, id, holder, summary);
        extensions.add(extension.options(options).description(description.replace('\n', ' ')));
    }
}
