package io.dmalab.api;

/**
 * The one service interface of dmalab. A plugin names itself and registers its extensions; it is found through
 * {@link java.util.ServiceLoader} ({@code provides} in module-info <em>and</em> META-INF/services, so that the same jar works on the
 * module path, on the class path and as a drop-in jar).
 *
 * <p>Called once per process, on the main thread, before any machine exists. An exception disables this plugin only and is
 * reported with the plugin's name.
 */
public interface EmulatorPlugin {
    /** Unique id in kebab-case, e.g. {@code platform-pseries}; two plugins with one id are refused with both locations. */
    String id();

    /** One line for {@code dmalab plugins}. */
    String summary();

    /** Version shown to users; the default is the implementation version of the jar, or {@code "dev"}. */
    default String version() {
        String version = getClass().getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    /** Registers every extension of this plugin. */
    void register(Extensions extensions);
}
