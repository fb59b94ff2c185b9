package io.dmalab.core.plugin;

import io.dmalab.api.Extension;
import io.dmalab.api.kernel.EventType;
import io.dmalab.api.tracepoint.KernelEvents;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Suggestion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apiguardian.api.API;

/** The loaded plugins and their extensions. Immutable. */
@API(status = API.Status.INTERNAL, since = "0.1")
public final class PluginRegistry {
    public static final PluginRegistry EMPTY = new PluginRegistry(List.of(), List.of());

    private final List<LoadedPlugin> plugins;
    private final List<PluginProblem> problems;
    /** Filled as SPIs are asked for: every machine does. */
    private final Memo<Class<?>, List<? extends Registered<?>>> extensions = new Memo<>();

    private PluginRegistry(List<LoadedPlugin> plugins, List<PluginProblem> problems) {
        this.plugins = plugins.stream().sorted(Comparator.comparing(LoadedPlugin::id)).toList();
        this.problems = List.copyOf(problems);
    }

    PluginRegistry with(LoadedPlugin plugin) {
        List<LoadedPlugin> more = new ArrayList<>(plugins);
        more.add(plugin);
        return new PluginRegistry(more, problems);
    }

    PluginRegistry with(PluginProblem problem) {
        List<PluginProblem> more = new ArrayList<>(problems);
        more.add(problem);
        return new PluginRegistry(plugins, more);
    }

    /** Without a plugin that turned out to be unusable, and without those that require it. */
    public PluginRegistry without(LoadedPlugin plugin, PluginProblem problem) {
        PluginRegistry fewer = new PluginRegistry(plugins.stream().filter(p -> p != plugin).toList(), problems).with(problem);
        for (LoadedPlugin other : plugins) {
            if (other.requires().contains(plugin.id()) && fewer.plugins.contains(other)) {
                fewer = fewer.without(other, new PluginProblem(other.id() + " (" + other.location() + ")",
                        "it requires plugin '" + plugin.id() + "', which cannot be used", "repair or remove '" + plugin.id() + "' first"));
            }
        }
        return fewer;
    }

    /** In order of id. */
    public List<LoadedPlugin> plugins() {
        return plugins;
    }

    /** Every type of trace event that is declared: the kernel's trace points, then those of the plugins. */
    public List<EventType> events() {
        Set<EventType> events = new LinkedHashSet<>(KernelEvents.all());
        plugins.forEach(plugin -> events.addAll(plugin.events()));
        return List.copyOf(events);
    }

    /** Plugins that could not be loaded, in the order in which they were met. */
    public List<PluginProblem> problems() {
        return problems;
    }

    /** Tells whose code is on a stack. */
    public Culprits culprits() {
        return new Culprits(plugins);
    }

    /** @throws BadInput if there is none of that id */
    public LoadedPlugin plugin(String id) {
        return find(id).orElseThrow(() -> BadInput.of("'" + id + "'", "no such plugin",
                Suggestion.remedy(id, plugins.stream().map(LoadedPlugin::id).toList())));
    }

    Optional<LoadedPlugin> find(String id) {
        return plugins.stream().filter(p -> p.id().equals(id)).findFirst();
    }

    /** The plugin that offers a service of that type. */
    Optional<LoadedPlugin> provider(Class<?> api) {
        return plugins.stream().filter(p -> p.services().stream().anyMatch(s -> s.api() == api)).findFirst();
    }

    /** Every implementation of an SPI, in order of id. */
    @SuppressWarnings("unchecked") // what is put there below
    public <T> List<Registered<T>> extensions(Class<T> spi) {
        return (List<Registered<T>>) extensions.get(spi, this::collect);
    }

    private <T> List<Registered<T>> collect(Class<T> spi) {
        List<Registered<T>> found = new ArrayList<>();
        for (LoadedPlugin plugin : plugins) {
            for (Extension<?> extension : plugin.extensions()) {
                if (extension.spi() == spi) {
                    found.add(registered(plugin, extension));
                }
            }
        }
        found.sort(Comparator.comparing(Registered::id));
        return List.copyOf(found);
    }

    @SuppressWarnings("unchecked")
    private static <T> Registered<T> registered(LoadedPlugin plugin, Extension<?> extension) {
        return new Registered<>(plugin.id(), (Extension<T>) extension);
    }

    public <T> Optional<Registered<T>> find(Class<T> spi, String id) {
        for (Registered<T> registered : extensions(spi)) {
            if (registered.id().equals(id)) {
                return Optional.of(registered);
            }
        }
        return Optional.empty();
    }

    /** Ids of every implementation of an SPI, sorted. */
    public List<String> ids(Class<?> spi) {
        return extensions(spi).stream().map(Registered::id).toList();
    }
}
