package io.dmalab.core.machine;

import com.google.inject.AbstractModule;
import com.google.inject.ConfigurationException;
import com.google.inject.CreationException;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Stage;
import io.dmalab.api.Components;
import io.dmalab.api.Extension;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.Platform;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.net.Holders;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.plugin.LoadedPlugin;
import io.dmalab.core.plugin.PluginProblem;
import io.dmalab.core.plugin.PluginRegistry;
import io.dmalab.core.plugin.Service;
import io.dmalab.core.random.Streams;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The composition root: the one injector of a set of plugins, and with it of the process. Machines differ by their {@link MachineGraph}
 * alone. This package is the only one that knows Guice.
 */
public final class Injection {
    private static final Module GUICE = Injector.class.getModule();
    private static final Module CORE = Injection.class.getModule();

    private final PluginRegistry registry;
    private final Injector injector;
    private final Recipes recipes;

    private Injection(PluginRegistry registry, Injector injector) {
        this.registry = registry;
        this.injector = injector;
        this.recipes = new Recipes(injector);
    }

    /** Modules that make plugins' objects by reflection. */
    public static List<Module> injectors() {
        return GUICE.isNamed() ? List.of(GUICE) : List.of();
    }

    /** Wires the plugins. One whose objects can never be made is dropped, with the reason. */
    public static Injection of(PluginRegistry registry) {
        PluginRegistry usable = registry;
        while (true) {
            usable.plugins().forEach(Injection::open);
            Injector injector = Guice.createInjector(Stage.DEVELOPMENT, new Bindings(usable));
            PluginRegistry checked = check(usable, injector);
            if (checked == usable) {
                return new Injection(usable, injector);
            }
            usable = checked;
        }
    }

    public PluginRegistry registry() {
        return registry;
    }

    /** A new instance of an extension that lives outside machines: it may inject nothing of a machine. */
    public <T> T create(Extension<T> extension) {
        return injector.getInstance(extension.implementation());
    }

    MachineGraph graph(Blueprint blueprint, SimKernel kernel, Streams streams) {
        return new MachineGraph(this, blueprint, kernel, streams);
    }

    /** A new object of that type, or the machine's one. */
    <T> T make(Class<T> type, MachineGraph graph) {
        return type.cast(recipes.of(type).make(graph));
    }

    /** A plugin opens its packages to the core, whose business it is by what it makes their objects. */
    private static void open(LoadedPlugin plugin) {
        Module module = plugin.type().getModule();
        if (module.isNamed() && module != CORE && GUICE.isNamed()) {
            module.getPackages().stream().filter(name -> module.isOpen(name, CORE)).forEach(name -> module.addOpens(name, GUICE));
        }
    }

    private static PluginRegistry check(PluginRegistry registry, Injector injector) {
        for (LoadedPlugin plugin : registry.plugins()) {
            Optional<String> broken = broken(plugin, injector);
            if (broken.isPresent()) {
                return registry.without(plugin, new PluginProblem(plugin.id() + " (" + plugin.location() + ")", broken.get(),
                        "repair the plugin or remove it"));
            }
        }
        return registry;
    }

    private static Optional<String> broken(LoadedPlugin plugin, Injector injector) {
        for (Extension<?> extension : plugin.extensions()) {
            String name = extension.spi().getSimpleName() + " '" + extension.id() + "' cannot be made: ";
            Optional<String> problem = unmakeable(extension.implementation(), injector);
            if (problem.isPresent()) {
                return problem.map(name::concat);
            }
        }
        for (Service<?> service : plugin.services()) {
            Optional<String> problem = unmakeable(service.implementation(), injector);
            if (problem.isPresent()) {
                return problem.map(("service " + service.api().getSimpleName() + " cannot be made: ")::concat);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> unmakeable(Class<?> type, Injector injector) {
        try {
            injector.getBinding(type);
            return Optional.empty();
        } catch (ConfigurationException e) {
            return Optional.of(e.getErrorMessages().iterator().next().getMessage().replaceAll("\\.$", ""));
        } catch (CreationException | LinkageError e) {
            return Optional.of(e.toString());
        }
    }

    /** What every machine can inject; everything else Guice finds by its constructor. */
    private static final class Bindings extends AbstractModule {
        private final PluginRegistry registry;

        Bindings(PluginRegistry registry) {
            this.registry = registry;
        }

        @Override
        protected void configure() {
            binder().disableCircularProxies();
            bindScope(MachineScoped.class, new MachineScope());
            bind(Kernel.class).toProvider(() -> MachineGraph.current().kernel());
            bind(SimKernel.class).toProvider(() -> MachineGraph.current().kernel());
            bind(Streams.class).toProvider(() -> MachineGraph.current().streams());
            bind(Components.class).toProvider(MachineGraph::current);
            bind(Platform.class).toProvider(() -> one(Blueprint::platform)).in(MachineScoped.class);
            bind(FreePolicy.class).toProvider(() -> one(Blueprint::policy)).in(MachineScoped.class);
            bind(Holders.class).toProvider(() -> new ScenarioHolders(MachineGraph.current())).in(MachineScoped.class);
            options().forEach(this::bindOptions);
            registry.plugins().stream().flatMap(plugin -> plugin.services().stream()).forEach(this::bindService);
        }

        private static <T> T one(java.util.function.Function<Blueprint, Part<T>> part) {
            MachineGraph graph = MachineGraph.current();
            return graph.create(part.apply(graph.blueprint()));
        }

        private Set<Class<? extends Record>> options() {
            Set<Class<? extends Record>> records = new LinkedHashSet<>();
            registry.plugins().stream().flatMap(plugin -> plugin.extensions().stream()).forEach(e -> e.options().ifPresent(records::add));
            return records;
        }

        private <O extends Record> void bindOptions(Class<O> type) {
            bind(type).toProvider(() -> MachineGraph.current().options(type));
        }

        /** Lazily, so that a service that cannot be made spoils its own plugin only. */
        private <T> void bindService(Service<T> service) {
            bind(service.api()).toProvider(() -> MachineGraph.current().make(service.implementation()));
        }
    }
}
