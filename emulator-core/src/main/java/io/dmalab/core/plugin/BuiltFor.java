package io.dmalab.core.plugin;

import io.dmalab.api.ApiVersion;
import io.dmalab.api.EmulatorPlugin;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/** Which version of the API a plugin was built for: what its jar's manifest says, else what the compiler noted in its module-info. */
final class BuiltFor {
    private static final String API = "io.dmalab.api";

    private BuiltFor() {}

    /** @throws Unusable if that is another version than this one's */
    static Optional<ApiVersion> checked(Optional<ApiVersion> builtFor) throws Unusable {
        if (builtFor.isPresent() && !ApiVersion.CURRENT.serves(builtFor.get())) {
            throw new Unusable("it was built for version " + builtFor.get() + " of dmalab's plugin API, and this is " + ApiVersion.CURRENT,
                    "take a build of it for " + ApiVersion.CURRENT + ", or a dmalab whose plugin API is " + builtFor.get(), null);
        }
        return builtFor;
    }

    /** @param descriptor the jar's; null if it has none @throws Unusable if the manifest says what is no version */
    static Optional<ApiVersion> of(Path jar, ModuleDescriptor descriptor) throws Unusable {
        try (JarFile file = new JarFile(jar.toFile())) {
            Manifest manifest = file.getManifest();
            String said = manifest == null ? null : manifest.getMainAttributes().getValue(ApiVersion.ATTRIBUTE);
            if (said == null) {
                return of(descriptor);
            }
            Optional<ApiVersion> version = ApiVersion.parse(said);
            if (version.isEmpty()) {
                throw new Unusable("its manifest says " + ApiVersion.ATTRIBUTE + ": " + said + ", which is no version",
                        "write major.minor, such as " + ApiVersion.CURRENT, null);
            }
            return version;
        } catch (IOException e) {
            throw new Unusable("cannot be read (" + e.getMessage() + ")", "build it again", e);
        }
    }

    /** Of an installed plugin. */
    static Optional<ApiVersion> of(Class<? extends EmulatorPlugin> type) throws Unusable {
        ModuleDescriptor descriptor = type.getModule().getDescriptor();
        Optional<Path> jar = Origin.uri(type).filter(uri -> "file".equals(uri.getScheme())).map(Path::of).filter(Files::isRegularFile);
        return jar.isPresent() ? of(jar.get(), descriptor) : of(descriptor);
    }

    private static Optional<ApiVersion> of(ModuleDescriptor descriptor) {
        return descriptor == null ? Optional.empty()
                : descriptor.requires().stream().filter(module -> module.name().equals(API)).findFirst()
                        .flatMap(ModuleDescriptor.Requires::rawCompiledVersion).flatMap(ApiVersion::parse);
    }
}
