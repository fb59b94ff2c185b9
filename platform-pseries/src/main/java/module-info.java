/** pSeries: hypervisor, iommu_table, dynamic DMA windows, DLPAR, table policies. Everything is reached through the plugin's extensions. */
module io.dmalab.platform.pseries {
    requires io.dmalab.api;
    requires tools.jackson.core;

    opens io.dmalab.platform.pseries;
    opens io.dmalab.platform.pseries.diagnose;
    opens io.dmalab.platform.pseries.dlpar;
    opens io.dmalab.platform.pseries.guest;
    opens io.dmalab.platform.pseries.hvcall;
    opens io.dmalab.platform.pseries.iommu;
    opens io.dmalab.platform.pseries.kernel;
    opens io.dmalab.platform.pseries.pci;
    opens io.dmalab.platform.pseries.policy;
    opens io.dmalab.platform.pseries.recording;
    opens io.dmalab.platform.pseries.trace;
    opens io.dmalab.platform.pseries.tce;
    opens io.dmalab.platform.pseries.window;

    provides io.dmalab.api.EmulatorPlugin with io.dmalab.platform.pseries.PseriesPlugin;
}
