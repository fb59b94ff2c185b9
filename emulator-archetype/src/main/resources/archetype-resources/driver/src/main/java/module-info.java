/** A driver for dmalab. */
module ${package} {
    requires io.dmalab.api;

    // dmalab makes extensions by their constructors and reads their options
    opens ${package};

    provides io.dmalab.api.EmulatorPlugin with ${package}.DriverPlugin;
}
