package io.dmalab.it;

import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Path;

/** Modules in jars. */
final class ModuleNames {
    private ModuleNames() {}

    static ModuleReference reference(Path jar) {
        return ModuleFinder.of(jar).findAll().iterator().next();
    }

    static String of(Path jar) {
        return reference(jar).descriptor().name();
    }
}
