package io.dmalab.core.plugin;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.core.scenario.Suggestion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.ServiceLoader.Provider;
import java.util.stream.Stream;
import org.apiguardian.api.API;

/**
 * Finds the plugins: those on the module path or class path of dmalab itself, and those of every jar of a folder. A plugin that cannot be
 * used becomes a {@link PluginProblem}, and the rest go on. The order in which they are found has no influence: they are taken in {@link
 * Candidate#ORDER}, each after those it requires, and of two plugins with one id the first stays.
 */
@API(status = API.Status.INTERNAL, since = "0.1")
public final class PluginLoader {
    private static final String REPAIR = "repair the plugin or remove it";

    private final List<Candidate> found = new ArrayList<>();
    private final List<PluginProblem> problems = new ArrayList<>();

    private PluginLoader() {}

    /** As {@link #load(List, Optional, List)} without plugins of the caller's own. */
    public static PluginRegistry load(Optional<Path> folder, List<Module> injectors) {
        return load(List.of(), folder, injectors);
    }

    /**
     * @param own       plugins that only the caller knows
     * @param folder    of drop-in jars
     * @param injectors modules that make a plugin's objects by reflection; a drop-in plugin is opened to them
     */
    public static PluginRegistry load(List<EmulatorPlugin> own, Optional<Path> folder, List<Module> injectors) {
        PluginLoader loader = new PluginLoader();
        own.forEach(loader::given);
        loader.installed();
        folder.ifPresent(path -> PluginFolder.open(path, injectors, loader.new DropIns()));
        return registry(loader.found, loader.problems);
    }

    private void given(EmulatorPlugin plugin) {
        String where = Origin.location(plugin.getClass());
        try {
            found.add(Candidate.of(plugin, where, false, BuiltFor.checked(BuiltFor.of(plugin.getClass()))));
        } catch (Unusable e) {
            problems.add(new PluginProblem(where, e.getMessage(), e.remedy()));
        } catch (RuntimeException e) {
            problems.add(new PluginProblem(where, text(e), REPAIR));
        }
    }

    private void installed() {
        Iterator<Provider<EmulatorPlugin>> providers =
                ServiceLoader.load(EmulatorPlugin.class, PluginLoader.class.getClassLoader()).stream().iterator();
        while (true) {
            String where = "an installed plugin";
            try {
                if (!providers.hasNext()) {
                    return;
                }
                Provider<EmulatorPlugin> provider = providers.next();
                where = Origin.location(provider.type());
                var builtFor = BuiltFor.checked(BuiltFor.of(provider.type()));
                String location = where;
                found.add(Attempt.at("its constructor", () -> Candidate.of(provider.get(), location, false, builtFor)));
            } catch (Unusable e) {
                problems.add(new PluginProblem(where, e.getMessage(), e.remedy()));
            } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
                problems.add(new PluginProblem(where, text(e), REPAIR));
            }
        }
    }

    private final class DropIns implements PluginFolder.Sink {
        @Override
        public void opened(PluginJar jar, List<EmulatorPlugin> plugins) {
            for (EmulatorPlugin plugin : plugins) {
                try {
                    found.add(Candidate.of(plugin, jar.name(), true, jar.builtFor()));
                } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                    problems.add(new PluginProblem(jar.name(), text(e), REPAIR));
                }
            }
        }

        @Override
        public void unusable(String jar, Unusable why) {
            problems.add(new PluginProblem(jar, why.getMessage(), why.remedy()));
        }
    }

    /** Registers what can be. @param found in any order @param problems that are known already */
    static PluginRegistry registry(Collection<Candidate> found, List<PluginProblem> problems) {
        return new Registration(problems).all(found);
    }

    /** Registers plugins one after the other. */
    private static final class Registration {
        private final Map<String, Candidate> plugins = new LinkedHashMap<>();
        private PluginRegistry registry = PluginRegistry.EMPTY;

        Registration(List<PluginProblem> problems) {
            problems.forEach(problem -> registry = registry.with(problem));
        }

        PluginRegistry all(Collection<Candidate> found) {
            found.stream().sorted(Candidate.ORDER).forEach(this::identify);
            Requirements requirements = new Requirements(plugins);
            requirements.order().forEach(this::register);
            for (Candidate candidate : requirements.left()) {
                requirements.cycle(candidate).ifPresentOrElse(
                        cycle -> problem(candidate, "plugin '" + candidate.id() + "' requires itself: " + cycle,
                                "remove one of these requirements, or one of the plugins"),
                        () -> lacking(candidate));
            }
            return registry;
        }

        private void identify(Candidate candidate) {
            String id = candidate.id();
            if (id == null || !id.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
                problem(candidate, "plugin id '" + id + "' is not kebab-case", "ask its author to name it like 'my-plugin'");
                return;
            }
            Candidate known = plugins.putIfAbsent(id, candidate);
            if (known != null) {
                problem(candidate, "plugin id '" + id + "' of " + location(candidate) + " is taken by " + location(known),
                        "remove one of the two");
            }
        }

        private static String location(Candidate candidate) {
            return Origin.location(candidate.plugin().getClass());
        }

        private void register(Candidate candidate) {
            if (lacking(candidate)) {
                return;
            }
            try {
                PluginDraft draft = new PluginDraft(registry, candidate.id());
                registry = registry.with(Attempt.at("its register()", () -> {
                    candidate.plugin().register(draft);
                    return draft.finish(candidate);
                }));
            } catch (Unusable e) {
                problem(candidate, named(candidate) + e.getMessage(), e.remedy());
            } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError | ServiceConfigurationError e) {
                problem(candidate, text(e) + thrownBy(candidate, e), REPAIR);
            }
        }

        private static String named(Candidate candidate) {
            return "plugin '" + candidate.id() + "' (" + candidate.plugin().getClass().getName() + "): ";
        }

        /** The plugin's class and line, if the message is one that only its author understands. */
        private static String thrownBy(Candidate candidate, Throwable e) {
            String type = candidate.plugin().getClass().getName();
            return e instanceof IllegalArgumentException || e.getStackTrace().length == 0 ? ""
                    : Stream.of(e.getStackTrace()).filter(frame -> frame.getClassName().equals(type)).findFirst()
                            .map(frame -> ", in " + type + "." + frame.getMethodName() + " of plugin '" + candidate.id() + "'").orElse("");
        }

        /** Reports a plugin that requires one that is not there. */
        private boolean lacking(Candidate candidate) {
            for (String id : candidate.requires()) {
                if (plugins.containsKey(id)) {
                    if (registry.find(id).isEmpty()) {
                        problem(candidate, "plugin '" + candidate.id() + "' requires plugin '" + id + "', which cannot be used",
                                "repair or remove '" + id + "' first");
                        return true;
                    }
                } else {
                    problem(candidate, "plugin '" + candidate.id() + "' requires plugin '" + id + "', which is not there",
                            "install it, or remove this one; " + Suggestion.remedy(id, plugins.keySet().stream().sorted().toList()));
                    return true;
                }
            }
            return false;
        }

        private void problem(Candidate candidate, String cause, String remedy) {
            registry = registry.with(new PluginProblem(candidate.where(), cause, remedy));
        }
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
