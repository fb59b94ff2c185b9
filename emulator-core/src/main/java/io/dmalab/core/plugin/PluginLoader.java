package io.dmalab.core.plugin;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.core.scenario.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.ServiceLoader.Provider;
import java.util.stream.Stream;
import org.apiguardian.api.API;

/**
 * Finds the plugins: those on the module path or class path of dmalab itself, then every jar of a folder. A plugin that cannot be used
 * becomes a {@link PluginProblem}, and the rest go on. The order in which ServiceLoader finds things has no influence: plugins are taken in
 * order of id, jars in order of file name, and of two plugins with one id the first stays.
 */
@API(status = API.Status.INTERNAL, since = "0.1")
public final class PluginLoader {
    private static final String JAR = ".jar";

    private final List<Module> injectors;
    private PluginRegistry registry = PluginRegistry.EMPTY;

    private PluginLoader(List<Module> injectors) {
        this.injectors = injectors;
    }

    /**
     * @param folder    of drop-in jars
     * @param injectors modules that make a plugin's objects by reflection; a drop-in plugin is opened to them
     */
    public static PluginRegistry load(Optional<Path> folder, List<Module> injectors) {
        PluginLoader loader = new PluginLoader(injectors);
        loader.installed();
        folder.ifPresent(f -> jars(f).forEach(loader::dropIn));
        return loader.registry;
    }

    private void installed() {
        List<EmulatorPlugin> found = new ArrayList<>();
        Iterator<Provider<EmulatorPlugin>> providers =
                ServiceLoader.load(EmulatorPlugin.class, PluginLoader.class.getClassLoader()).stream().iterator();
        while (true) {
            try {
                if (!providers.hasNext()) {
                    break;
                }
                found.add(providers.next().get());
            } catch (ServiceConfigurationError | LinkageError e) {
                problem("an installed plugin", text(e), "repair or remove it");
            }
        }
        found.sort(Comparator.comparing(plugin -> String.valueOf(plugin.id())));
        found.forEach(plugin -> register(plugin, Origin.location(plugin.getClass())));
    }

    private static List<Path> jars(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().endsWith(JAR) && !f.getFileName().toString().startsWith("."))
                    .sorted(Comparator.comparing(f -> f.getFileName().toString())).toList();
        } catch (IOException e) {
            throw BadInput.of(folder.toString(), "cannot be listed (" + e + ")", "name a folder that holds plugin jars");
        }
    }

    private void dropIn(Path jar) {
        try {
            for (EmulatorPlugin plugin : PluginJar.open(jar, injectors)) {
                register(plugin, jar.getFileName().toString());
            }
        } catch (PluginJar.Unusable e) {
            problem(jar.getFileName().toString(), e.getMessage(), e.remedy());
        }
    }

    private void register(EmulatorPlugin plugin, String where) {
        try {
            String id = plugin.id();
            if (id == null || !id.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
                problem(where, "plugin id '" + id + "' is not kebab-case", "ask its author to name it like 'my-plugin'");
                return;
            }
            Optional<LoadedPlugin> known = registry.find(id);
            if (known.isPresent()) {
                problem(where, "plugin id '" + id + "' of " + Origin.location(plugin.getClass()) + " is taken by " + known.get().location(),
                        "remove one of the two");
                return;
            }
            PluginDraft draft = new PluginDraft(registry, id);
            plugin.register(draft);
            registry = registry.with(draft.finish(plugin));
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError | ServiceConfigurationError e) {
            problem(where, text(e), "repair the plugin or remove it");
        }
    }

    private void problem(String where, String cause, String remedy) {
        registry = registry.with(new PluginProblem(where, cause, remedy));
    }

    /** What an exception says to a user: its message where that speaks for itself, else its kind too. */
    static String text(Throwable failure) {
        Throwable cause = failure instanceof ServiceConfigurationError && failure.getCause() != null ? failure.getCause() : failure;
        String message = cause.getMessage();
        if (message == null || message.isBlank()) {
            return "it failed with " + cause.getClass().getName();
        }
        return cause instanceof IllegalArgumentException ? message : cause.getClass().getSimpleName() + ": " + message;
    }
}
