/** A Mellanox-style NIC driver, and an accelerator whose buffers belong to open files. */
module io.dmalab.driver.mlx {
    requires transitive io.dmalab.api;
    requires io.dmalab.netstack;

    // the machine makes drivers and actions through their constructors and reads their options
    opens io.dmalab.driver.chardev;
    opens io.dmalab.driver.mlx;
    opens io.dmalab.driver.pool;

    provides io.dmalab.api.EmulatorPlugin with io.dmalab.driver.mlx.MlxPlugin;
}
