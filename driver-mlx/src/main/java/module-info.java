/** A Mellanox-style NIC driver. */
module io.dmalab.driver.mlx {
    requires transitive io.dmalab.api;
    requires io.dmalab.netstack;

    // the machine makes drivers and actions through their constructors and reads their options
    opens io.dmalab.driver.mlx;

    provides io.dmalab.api.EmulatorPlugin with io.dmalab.driver.mlx.MlxPlugin;
}
