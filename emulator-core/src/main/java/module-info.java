/** The engine: time, contexts, plugin loading, wiring, scenarios, run and compare. Names no plugin. */
module io.dmalab.core {
    requires transitive io.dmalab.api;
    requires com.google.common;
    requires com.google.guice;
    requires HdrHistogram;
    requires org.apache.commons.statistics.distribution;
    requires org.apache.commons.statistics.interval;
    requires org.snakeyaml.engine;
    requires tools.jackson.databind;

    exports io.dmalab.core;
    exports io.dmalab.core.explore;
    exports io.dmalab.core.imported;
    exports io.dmalab.core.kernel;
    exports io.dmalab.core.life;
    exports io.dmalab.core.log;
    exports io.dmalab.core.plugin;
    exports io.dmalab.core.run;
    exports io.dmalab.core.scenario;
    exports io.dmalab.core.trace;

    opens io.dmalab.core.builtin to com.google.guice;
    opens io.dmalab.core.machine to com.google.guice;
    opens io.dmalab.core.trace to com.google.guice;

    uses io.dmalab.api.EmulatorPlugin;

    provides io.dmalab.api.EmulatorPlugin with io.dmalab.core.builtin.CorePlugin;
}
