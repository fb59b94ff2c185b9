/** The engine: time, contexts, plugin loading, wiring, scenarios, run and compare. Names no plugin. */
module io.dmalab.core {
    requires transitive io.dmalab.api;
    requires com.google.common;
    requires com.google.guice;
    requires org.apache.commons.statistics.interval;
    requires HdrHistogram;
    requires org.snakeyaml.engine;
    requires tools.jackson.databind;

    exports io.dmalab.core.kernel;
    exports io.dmalab.core.run;
    exports io.dmalab.core.scenario;

    uses io.dmalab.api.EmulatorPlugin;
}
