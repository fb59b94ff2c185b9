package io.dmalab.core.plugin;

import io.dmalab.api.ApiVersion;
import io.dmalab.api.EmulatorPlugin;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
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
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.ServiceLoader.Provider;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/**
 * One drop-in jar. Where dmalab itself runs as modules, the jar is resolved into a ModuleLayer of its own over the boot layer and over
 * those of the jars whose modules it requires (a jar without a module-info becomes an automatic module); where dmalab runs on the class
 * path, the jar gets a class loader of its own, which looks into those jars too.
 */
final class PluginJar {
    private static final Module CORE = PluginJar.class.getModule();
    private static final String NEEDS = "a plugin names its class in module-info 'provides' and in META-INF/services/"
            + EmulatorPlugin.class.getName();

    private final Path path;
    /** Empty if the jar cannot be a module. */
    private final Optional<ModuleDescriptor> descriptor;
    private final Optional<ApiVersion> builtFor;
    private ModuleLayer layer;
    private ClassLoader loader;

    private PluginJar(Path path, Optional<ModuleDescriptor> descriptor, Optional<ApiVersion> builtFor) {
        this.path = path;
        this.descriptor = descriptor;
        this.builtFor = builtFor;
    }

    /** Looks at a jar without loading anything from it. */
    static PluginJar read(Path jar) throws Unusable {
        checkIsJar(jar);
        Optional<ModuleDescriptor> descriptor = descriptor(jar);
        return new PluginJar(jar, descriptor, BuiltFor.checked(BuiltFor.of(jar, descriptor.orElse(null))));
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

    private static Optional<ModuleDescriptor> descriptor(Path jar) throws Unusable {
        try {
            return ModuleFinder.of(jar).findAll().stream().map(ModuleReference::descriptor).findFirst();
        } catch (FindException e) {
            if (!CORE.isNamed()) {
                return Optional.empty();
            }
            throw new Unusable("is not a module: " + innermost(e), "repair its module-info, or give its manifest an Automatic-Module-Name",
                    e);
        }
    }

    private static String innermost(Throwable e) {
        return e.getCause() == null ? e.getMessage() : innermost(e.getCause());
    }

    /** Name of the file. */
    String name() {
        return path.getFileName().toString();
    }

    Optional<ApiVersion> builtFor() {
        return builtFor;
    }

    Optional<String> module() {
        return descriptor.map(ModuleDescriptor::name);
    }

    /** Modules that its own one requires, sorted. */
    Set<String> requires() {
        Set<String> names = new TreeSet<>();
        descriptor.ifPresent(d -> d.requires().forEach(required -> names.add(required.name())));
        return names;
    }

    /**
     * The plugins of the jar, at least one.
     *
     * @param needed    jars whose modules this one requires, opened
     * @param injectors modules that make the plugin's objects by reflection
     */
    List<EmulatorPlugin> open(List<PluginJar> needed, List<Module> injectors) throws Unusable {
        try {
            List<EmulatorPlugin> plugins = CORE.isNamed() ? inLayer(needed, injectors) : inClassLoader(needed);
            if (plugins.isEmpty()) {
                throw new Unusable("holds no dmalab plugin", NEEDS, null);
            }
            return plugins;
        } catch (FindException e) {
            throw new Unusable(innermost(e),
                    "a drop-in plugin sees the modules of dmalab, of the JDK and of its folder only; build the rest into its jar", e);
        } catch (ResolutionException | LayerInstantiationException e) {
            throw new Unusable(PluginLoader.text(e), "build the jar without the classes of dmalab itself", e);
        } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
            boolean newer = e instanceof UnsupportedClassVersionError || e.getCause() instanceof UnsupportedClassVersionError;
            throw new Unusable(PluginLoader.text(e), newer ? "build it for Java " + Runtime.version().feature() + " or older"
                    : "repair the plugin or remove it", e);
        }
    }

    private List<EmulatorPlugin> inLayer(List<PluginJar> needed, List<Module> injectors) {
        List<ModuleLayer> parents = Stream.concat(needed.stream().map(jar -> jar.layer), Stream.of(CORE.getLayer())).toList();
        List<Configuration> configurations = parents.stream().map(ModuleLayer::configuration).toList();
        Configuration resolved = Configuration.resolve(ModuleFinder.of(path), configurations, ModuleFinder.of(),
                Set.of(module().orElseThrow()));
        ModuleLayer.Controller controller = ModuleLayer.defineModulesWithOneLoader(resolved, parents, CORE.getClassLoader());
        layer = controller.layer();
        // the composition root makes extensions and their options records, wherever the plugin keeps them
        layer.modules().forEach(module -> module.getPackages().forEach(name -> {
            controller.addOpens(module, name, CORE);
            injectors.forEach(injector -> controller.addOpens(module, name, injector));
        }));
        return providers(ServiceLoader.load(layer, EmulatorPlugin.class));
    }

    List<EmulatorPlugin> inClassLoader(List<PluginJar> needed) throws Unusable {
        try {
            URL[] urls = {path.toUri().toURL()};
            // stays open for the life of the process: classes are loaded from it on first use
            loader = new Loader("plugin " + name(), urls, needed.stream().map(jar -> jar.loader).toList());
            return providers(ServiceLoader.load(EmulatorPlugin.class, loader));
        } catch (MalformedURLException e) {
            throw new Unusable("has no usable path (" + e.getMessage() + ")", "move the plugins folder", e);
        }
    }

    /** Only those of the jar itself: a service loader looks at parents too. */
    private List<EmulatorPlugin> providers(ServiceLoader<EmulatorPlugin> services) {
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

    /** Looks into the jar, and only then into those whose modules it requires. */
    private static final class Loader extends URLClassLoader {
        private final List<ClassLoader> needed;

        Loader(String name, URL[] urls, List<ClassLoader> needed) {
            super(name, urls, PluginJar.class.getClassLoader());
            this.needed = needed;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            try {
                return super.findClass(name);
            } catch (ClassNotFoundException notHere) {
                for (ClassLoader other : needed) {
                    try {
                        return other.loadClass(name);
                    } catch (ClassNotFoundException notThere) {
                        // perhaps in the next one
                    }
                }
                throw notHere;
            }
        }
    }
}
