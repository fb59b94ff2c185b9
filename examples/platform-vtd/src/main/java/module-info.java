// tag::module
/** A platform of one's own: an x86 server whose PCI devices are behind an Intel VT-d IOMMU. Only dmalab's API is needed. */
module org.example.vtd {
    requires io.dmalab.api;

    opens org.example.vtd;

    provides io.dmalab.api.EmulatorPlugin with org.example.vtd.VtdPlugin;
}
// end::module
