package io.dmalab.netstack.recorded;

import io.dmalab.api.recorded.Meaning;
import io.dmalab.api.recorded.RecordedEvent;
import io.dmalab.api.recorded.Subject;
import io.dmalab.api.recorded.TraceInterpreter;
import io.dmalab.api.tracepoint.NetEvents;
import io.dmalab.api.tracepoint.PagePoolEvents;
import java.util.List;
import java.util.function.Consumer;

/**
 * Packets and page_pools (include/trace/events/net.h, skb.h, page_pool.h, v5.7 to v6.18). A packet is known by the address of its sk_buff,
 * a page by its frame number, for pointers are hashed to 32 bits. A kernel frees a packet on the CPU that received it without an event,
 * so the end of some is not seen.
 */
public final class NetInterpreter implements TraceInterpreter {
    private static final String RECEIVE = NetEvents.RECEIVE_SKB.name();
    private static final String CONSUME = NetEvents.CONSUME_SKB.name();
    private static final String DROP = NetEvents.KFREE_SKB.name();
    private static final String HOLD = PagePoolEvents.STATE_HOLD.name();
    private static final String RELEASE = PagePoolEvents.STATE_RELEASE.name();
    private static final String INFLIGHT = PagePoolEvents.RELEASE.name();

    /** The event comes when the MAC header has been taken off. */
    private static final int ETH_HLEN = 14;

    @Override
    public List<String> events() {
        return List.of(RECEIVE, CONSUME, DROP, HOLD, RELEASE, INFLIGHT);
    }

    @Override
    public void interpret(RecordedEvent event, Consumer<Meaning> sink) {
        String name = event.name();
        if (name.equals(RECEIVE)) {
            sink.accept(new Meaning.Began(Subject.PACKET, event.text("name"), event.number("skbaddr"),
                    event.number("len") + ETH_HLEN));
        } else if (name.equals(CONSUME) || name.equals(DROP)) {
            sink.accept(new Meaning.Ended(Subject.PACKET, "", event.number("skbaddr")));
        } else if (name.equals(HOLD)) {
            sink.accept(new Meaning.Began(Subject.PAGE, "", event.number("pfn"), 0));
        } else if (name.equals(RELEASE)) {
            sink.accept(new Meaning.Ended(Subject.PAGE, "", event.number("pfn")));
        } else if (name.equals(INFLIGHT)) {
            pool(event, sink);
        }
    }

    /** cnt counts the rounds of page_pool_scrub: the first is that of page_pool_destroy itself, the others are the retry worker's. */
    private static void pool(RecordedEvent event, Consumer<Meaning> sink) {
        long pool = event.number("pool");
        long inFlight = event.number("inflight");
        sink.accept(event.number("cnt") == 1 ? new Meaning.PoolDestroyed(pool, inFlight) : new Meaning.PoolChecked(pool, inFlight));
    }
}
