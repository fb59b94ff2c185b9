package io.dmalab.api;

import java.util.List;

/**
 * The one service interface of dmalab. A plugin names itself and registers its extensions; it is found through
 * {@link java.util.ServiceLoader} ({@code provides} in module-info <em>and</em> META-INF/services, so that the same jar works on the
 * module path, on the class path and as a drop-in jar).
 *
 * <p>Called once per process, before any machine exists, on a thread that ends with the call. An exception, a thread that is left behind or
 * a call that does not return disables this plugin only and is reported with its name.
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

    /**
     * Ids of the plugins whose services, extensions or classes this one uses. It is registered after them; if one of them is missing,
     * cannot be used, or requires this one in turn, this plugin is reported and left out.
     *
     * <p>A drop-in plugin finds classes of the plugins that come with dmalab without further ado, and those of another drop-in plugin if
     * its {@code module-info} requires the other's module.
     */
    default List<String> requires() {
        return List.of();
    }

    /** Registers every extension of this plugin. */
    void register(Extensions extensions);
}
