package io.dmalab.netstack.traffic;

import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.net.Workload;

/** Registers the workloads. */
public final class TrafficExtensions {
    private TrafficExtensions() {}

    public static void register(Extensions extensions) {
        add(extensions, "constant-rate", ConstantRate.class, ConstantRate.Options.class, "packets at equal distances", """
                Give rate (packets a second) or bit-rate (100Gbit/s of 1514-byte packets are 8.13 Mpps). Flows take turns, each with a
                train of packets in a row. Nothing is random.""");
        add(extensions, "poisson", Poisson.class, Poisson.Options.class, "packets that come independently of each other", """
                Exponential distances around the given rate, and a flow at random for each packet.""");
        add(extensions, "on-off", OnOff.class, OnOff.Options.class, "bursts and pauses", """
                A constant rate while on, nothing while off; the lengths are distributions, so that heavy tails make self-similar
                traffic.""");
        add(extensions, "recorded", Recorded.class, Recorded.Options.class, "packets at the times of a recording", """
                A list of times, or a text with time, size and flow of each packet, in the scenario itself; once, or in a loop.""");
    }

    private static void add(Extensions extensions, String id, Class<? extends Workload> workload, Class<? extends Record> options,
            String summary, String description) {
        Extension<Workload> extension = Extension.of(Workload.class, id, workload, summary);
        extensions.add(extension.options(options).description(description.replace('\n', ' ')));
    }
}
