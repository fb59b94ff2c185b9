module org.example.keeptables {
    requires io.dmalab.api;
    provides io.dmalab.api.EmulatorPlugin with org.example.keeptables.KeepTables;
}
