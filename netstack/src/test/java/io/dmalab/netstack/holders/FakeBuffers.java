package io.dmalab.netstack.holders;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.net.Buffers;
import io.dmalab.core.kernel.SimKernel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Packets that know what was done to them: each may be released once. */
final class FakeBuffers implements Buffers {
    /** A release: which packet, when and where. */
    record Release(int skb, long time, ContextKind context, int cpu, boolean deferred, String task) {}

    final List<Release> releases = new ArrayList<>();
    /** CPU time that a release takes, in nanoseconds. */
    long releaseNanos;
    /** What else a release does. */
    Runnable onRelease = () -> {};
    private IntFunction<String> origin = flow -> "";
    private final List<Packet> packets = new ArrayList<>();
    private SimKernel kernel;

    private static final class Packet {
        int length;
        int truesize;
        int cpu;
        int flow;
        int holder = -1;
        boolean released;
    }

    void kernel(SimKernel value) {
        kernel = value;
    }

    int make(int length, int truesize, int flow) {
        Packet packet = new Packet();
        packet.length = length;
        packet.truesize = truesize;
        packet.cpu = kernel.sched().cpu();
        packet.flow = flow;
        packets.add(packet);
        return packets.size() - 1;
    }

    /** Interface that packets of a flow came through. */
    void origin(IntFunction<String> value) {
        origin = value;
    }

    @Override
    public String origin(int skb) {
        return origin.apply(packets.get(skb).flow);
    }

    int made() {
        return packets.size();
    }

    boolean isReleased(int skb) {
        return packets.get(skb).released;
    }

    long live() {
        return packets.stream().filter(packet -> !packet.released).count();
    }

    long releasedAt(int skb) {
        return releases.stream().filter(release -> release.skb() == skb).findFirst().orElseThrow().time();
    }

    /** Who holds the packet, by the last note in the ledger. */
    int holder(int skb) {
        return packets.get(skb).holder;
    }

    private Packet alive(int skb) {
        assertThat(packets.get(skb).released).as("packet %d is used after its release", skb).isFalse();
        return packets.get(skb);
    }

    private void release(int skb, boolean deferred) {
        alive(skb).released = true;
        String task = kernel.sched().context() == ContextKind.TASK ? kernel.sched().current().comm() : "";
        releases.add(new Release(skb, kernel.now(), kernel.sched().context(), kernel.sched().cpu(), deferred, task));
        kernel.sched().spend(releaseNanos);
        onRelease.run();
    }

    @Override
    public void release(int skb) {
        release(skb, false);
    }

    @Override
    public void releaseDeferred(int skb) {
        release(skb, true);
    }

    @Override
    public int length(int skb) {
        return alive(skb).length;
    }

    @Override
    public int truesize(int skb) {
        return alive(skb).truesize;
    }

    @Override
    public int cpu(int skb) {
        return alive(skb).cpu;
    }

    @Override
    public int flow(int skb) {
        return alive(skb).flow;
    }

    @Override
    public void heldBy(int skb, int holder) {
        alive(skb).holder = holder;
    }
}
