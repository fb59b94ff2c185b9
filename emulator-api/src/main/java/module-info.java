/** What a plugin sees: SPIs, value types and kernel services as interfaces. Nothing here depends on an implementation. */
module io.dmalab.api {
    requires transitive jakarta.inject;
    requires static transitive org.apiguardian.api;

    exports io.dmalab.api;
    exports io.dmalab.api.config;
    exports io.dmalab.api.device;
    exports io.dmalab.api.diagnose;
    exports io.dmalab.api.dma;
    exports io.dmalab.api.guest;
    exports io.dmalab.api.kernel;
    exports io.dmalab.api.net;
    exports io.dmalab.api.observe;
    exports io.dmalab.api.policy;
    exports io.dmalab.api.profile;
    exports io.dmalab.api.recorded;
    exports io.dmalab.api.timeout;
    exports io.dmalab.api.tracepoint;
}
