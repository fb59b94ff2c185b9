/** The network stack (net/core): page_pool, sk_buff, NAPI, who holds buffers, bonding, pool policies. */
module io.dmalab.netstack {
    requires transitive io.dmalab.api;

    exports io.dmalab.netstack;

    // the machine makes extensions and services through their constructors
    opens io.dmalab.netstack;
    opens io.dmalab.netstack.actions;
    opens io.dmalab.netstack.bond;
    opens io.dmalab.netstack.diagnose;
    opens io.dmalab.netstack.holders;
    opens io.dmalab.netstack.policy;
    opens io.dmalab.netstack.recorded;
    opens io.dmalab.netstack.traffic;
    opens io.dmalab.netstack.zcrx;

    provides io.dmalab.api.EmulatorPlugin with io.dmalab.netstack.NetstackPlugin;
}
