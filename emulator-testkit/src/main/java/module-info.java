/** For tests: a JUnit 5 extension that runs scenarios, and the compatibility kit for authors of plugins. */
module io.dmalab.testkit {
    requires transitive io.dmalab.core;
    requires transitive org.assertj.core;
    requires transitive org.junit.jupiter.api;

    exports io.dmalab.testkit;
    exports io.dmalab.testkit.kit;
    exports io.dmalab.testkit.kit.world;

    // the machine makes the kit's own platform and driver, and those of its tests
    opens io.dmalab.testkit.kit;
    opens io.dmalab.testkit.kit.world;
}
