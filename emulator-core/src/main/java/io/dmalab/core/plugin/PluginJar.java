package io.dmalab.core.plugin;

import io.dmalab.api.EmulatorPlugin;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.lang.module.ResolutionException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.ServiceLoader.Provider;
import java.util.Set;
import java.util.zip.ZipFile;

/**
 * One drop-in jar. Where dmalab itself runs as modules, the jar is resolved into a ModuleLayer of its own over the boot layer (a jar
 * without a module-info becomes an automatic module); where it runs on the class path, the jar gets a class loader of its own.
 */
final class PluginJar {
    private static final Module CORE = PluginJar.class.getModule();
    private static final String NEEDS = "a plugin names its class in module-info 'provides' and in META-INF/services/"
            + EmulatorPlugin.class.getName();

    private PluginJar() {}

    /** Says why a jar cannot be used. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;
        private final String remedy;

        Unusable(String message, String remedy, Throwable cause) {
            super(message, cause);
            this.remedy = remedy;
        }

        String remedy() {
            return remedy;
        }
    }

    /** The plugins of a jar, at least one. @param injectors modules that make the plugin's objects by reflection */
    static List<EmulatorPlugin> open(Path jar, List<Module> injectors) throws Unusable {
        checkIsJar(jar);
        try {
            List<EmulatorPlugin> plugins = CORE.isNamed() ? inLayer(jar, injectors) : inClassLoader(jar);
            if (plugins.isEmpty()) {
                throw new Unusable("holds no dmalab plugin", NEEDS, null);
            }
            return plugins;
        } catch (FindException e) {
            throw new Unusable(innermost(e), "a drop-in plugin sees the modules of dmalab and of the JDK only; build the rest into its jar",
                    e);
        } catch (ResolutionException | LayerInstantiationException e) {
            throw new Unusable(PluginLoader.text(e), "build the jar without the classes of dmalab itself", e);
        } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
            throw new Unusable(PluginLoader.text(e), "repair the plugin or remove it", e);
        }
    }

    private static void checkIsJar(Path jar) throws Unusable {
        if (Files.isDirectory(jar)) {
            throw new Unusable("is a directory, not a jar", "put the jar itself into the plugins folder", null);
        }
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            if (zip.size() == 0) {
                throw new Unusable("is an empty jar", "build it again", null);
            }
        } catch (IOException e) {
            throw new Unusable("is not a jar (" + e.getMessage() + ")", "build it again, or remove it from the plugins folder", e);
        }
    }

    private static String innermost(Throwable e) {
        return e.getCause() == null ? e.getMessage() : innermost(e.getCause());
    }

    private static List<String> moduleNames(ModuleFinder finder) throws Unusable {
        try {
            return finder.findAll().stream().map(ModuleReference::descriptor).map(d -> d.name()).sorted().toList();
        } catch (FindException e) {
            throw new Unusable("is not a module: " + innermost(e), "repair its module-info, or give its manifest an Automatic-Module-Name",
                    e);
        }
    }

    private static List<EmulatorPlugin> inLayer(Path jar, List<Module> injectors) throws Unusable {
        ModuleFinder finder = ModuleFinder.of(jar);
        List<String> names = moduleNames(finder);
        ModuleLayer parent = CORE.getLayer();
        Configuration resolved = parent.configuration().resolve(finder, ModuleFinder.of(), Set.copyOf(names));
        ModuleLayer.Controller controller = ModuleLayer.defineModulesWithOneLoader(resolved, List.of(parent), CORE.getClassLoader());
        ModuleLayer layer = controller.layer();
        // the composition root makes extensions and their options records, wherever the plugin keeps them
        layer.modules().forEach(module -> module.getPackages().forEach(name -> {
            controller.addOpens(module, name, CORE);
            injectors.forEach(injector -> controller.addOpens(module, name, injector));
        }));
        return providers(ServiceLoader.load(layer, EmulatorPlugin.class), layer, null);
    }

    static List<EmulatorPlugin> inClassLoader(Path jar) throws Unusable {
        try {
            URL[] urls = {jar.toUri().toURL()};
            // stays open for the life of the process: classes are loaded from it on first use
            @SuppressWarnings("resource")
            ClassLoader loader = new URLClassLoader("plugin " + jar.getFileName(), urls, PluginJar.class.getClassLoader());
            return providers(ServiceLoader.load(EmulatorPlugin.class, loader), null, loader);
        } catch (MalformedURLException e) {
            throw new Unusable("has no usable path (" + e.getMessage() + ")", "move the plugins folder", e);
        }
    }

    /** Only those of the jar itself: a service loader looks at parents too. */
    private static List<EmulatorPlugin> providers(ServiceLoader<EmulatorPlugin> services, ModuleLayer layer, ClassLoader loader) {
        List<EmulatorPlugin> plugins = new ArrayList<>();
        Iterator<Provider<EmulatorPlugin>> iterator = services.stream().iterator();
        while (iterator.hasNext()) {
            Provider<EmulatorPlugin> provider = iterator.next();
            boolean own = layer != null ? provider.type().getModule().getLayer() == layer : provider.type().getClassLoader() == loader;
            if (own) {
                plugins.add(provider.get());
            }
        }
        return plugins;
    }
}
