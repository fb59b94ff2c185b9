module toy.plugin {
    requires io.dmalab.api;

    provides io.dmalab.api.EmulatorPlugin with toy.ToyPlugin;
}
