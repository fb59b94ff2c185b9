package io.dmalab.netstack;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.diagnose.Signature;
import io.dmalab.api.net.Buffers;
import io.dmalab.api.recorded.TraceInterpreter;
import io.dmalab.api.timeout.TimeoutSource;
import io.dmalab.netstack.actions.ActionExtensions;
import io.dmalab.netstack.bond.BondExtensions;
import io.dmalab.netstack.diagnose.LateReturnSignature;
import io.dmalab.netstack.diagnose.LostPageSignature;
import io.dmalab.netstack.diagnose.ProviderSignature;
import io.dmalab.netstack.diagnose.StalledPoolSignature;
import io.dmalab.netstack.holders.HolderExtensions;
import io.dmalab.netstack.policy.PoolPolicies;
import io.dmalab.netstack.recorded.NetInterpreter;
import io.dmalab.netstack.traffic.TrafficExtensions;

/** The network stack as a plugin. */
public final class NetstackPlugin implements EmulatorPlugin {
    @Override
    public String id() {
        return "netstack";
    }

    @Override
    public String summary() {
        return "page_pool, sk_buff, NAPI, buffer holders, bonding, workloads";
    }

    @Override
    public void register(Extensions extensions) {
        extensions.provide(Buffers.class, SkBuffs.class);
        PoolPolicies.register(extensions);
        HolderExtensions.register(extensions);
        TrafficExtensions.register(extensions);
        BondExtensions.register(extensions);
        ActionExtensions.register(extensions);
        extensions.add(Extension.of(TraceInterpreter.class, "net", NetInterpreter.class,
                "packets that arrive and are freed, pages of page_pools")
                .description("netif_receive_skb, consume_skb, kfree_skb and the events of page_pool, of every kernel since 5.7."));
        extensions.events(NetstackEvents.NETLINK);
        extensions.add(Extension.of(TimeoutSource.class, "netstack", StackTimeouts.class, "NAPI, and the worker of destroyed page_pools")
                .description("How long a NAPI poll may go on, and how often a destroyed pool looks for the pages that are still out."));
        extensions.add(Extension.of(Signature.class, "stalled-pool", StalledPoolSignature.class,
                "B: destroyed page_pools wait for pages that are still out")
                .description("The 'stalled pool shutdown' warnings: pool, pages out, their trend, when it was destroyed and at which HZ."));
        extensions.add(Extension.of(Signature.class, "late-return", LateReturnSignature.class,
                "A2, A3: page_pool unmaps for a device whose IOMMU group or domain is gone")
                .description("An oops in the IOMMU's unmap below page_pool's release: NULL group (SMMUv3, VT-d) or a domain that is gone (s390)."));
        extensions.add(Extension.of(Signature.class, "late-provider", ProviderSignature.class,
                "A6: io_uring unmaps a receive area for a device whose IOMMU state is gone")
                .description("An oops in the IOMMU's unmap below io_uring's zcrx. On pSeries it is told with the refused or stale TCE."));
        extensions.add(Extension.of(Signature.class, "lost-page", LostPageSignature.class,
                "A7, B: a page of a page_pool is freed without its pool, or an ordinary page is taken for one")
                .description("CONFIG_DEBUG_VM's 'page_pool leak': who freed the page, its mapping, or why it is a false alarm (32-bit kernels)."));
    }
}
