/** A platform for dmalab. */
module ${package} {
    requires io.dmalab.api;
    requires io.dmalab.platform.pci;

    // dmalab makes extensions by their constructors and reads their options
    opens ${package};

    provides io.dmalab.api.EmulatorPlugin with ${package}.PlatformPlugin;
}
