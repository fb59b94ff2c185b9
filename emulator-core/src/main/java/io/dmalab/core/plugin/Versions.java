package io.dmalab.core.plugin;

import io.dmalab.api.EmulatorPlugin;
import java.lang.module.ModuleDescriptor;
import java.util.Optional;
import org.apiguardian.api.API;

/** Versions of code: of its module, or of its jar. */
@API(status = API.Status.INTERNAL, since = "0.1")
public final class Versions {
    private static final String UNKNOWN = "dev";

    private Versions() {}

    /** Version of the module or jar that holds a class; {@code dev} if neither says one. */
    public static String of(Class<?> type) {
        ModuleDescriptor descriptor = type.getModule().getDescriptor();
        String ofJar = type.getPackage().getImplementationVersion();
        return Optional.ofNullable(descriptor).flatMap(ModuleDescriptor::rawVersion).orElse(ofJar == null ? UNKNOWN : ofJar);
    }

    /** What the plugin says itself; where it knows no version, that of its module or jar. */
    static String of(EmulatorPlugin plugin) {
        String own = plugin.version();
        return own == null || own.equals(UNKNOWN) ? of(plugin.getClass()) : own;
    }
}
