package io.dmalab.core.plugin;

import java.lang.module.ResolvedModule;
import java.net.URI;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;

/** Where a plugin's class comes from. */
final class Origin {
    private Origin() {}

    static String module(Class<?> type) {
        return type.getModule().isNamed() ? type.getModule().getName() : "class path";
    }

    static String location(Class<?> type) {
        return uri(type).map(Origin::readable).orElse("an unknown place");
    }

    /** File, folder or {@code jrt:} address that holds the class. */
    static Optional<URI> uri(Class<?> type) {
        Module module = type.getModule();
        if (module.isNamed() && module.getLayer() != null) {
            return module.getLayer().configuration().findModule(module.getName()).map(ResolvedModule::reference).flatMap(r -> r.location());
        }
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null || source.getLocation() == null ? Optional.empty() : Optional.of(URI.create(source.getLocation().toString()));
    }

    private static String readable(URI uri) {
        return "file".equals(uri.getScheme()) ? Path.of(uri).toString() : uri.toString();
    }
}
