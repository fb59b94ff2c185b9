package io.dmalab.core.plugin;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.kernel.EventType;
import io.dmalab.core.scenario.Options;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Collects what one plugin registers. Nothing of it counts before {@link #finish}, so that a plugin is either there as a whole or not at
 * all.
 */
final class PluginDraft implements Extensions {
    private final PluginRegistry others;
    private final String id;
    private final List<Extension<?>> extensions = new ArrayList<>();
    private final List<Service<?>> services = new ArrayList<>();
    private final List<EventType> events = new ArrayList<>();

    PluginDraft(PluginRegistry others, String id) {
        this.others = others;
        this.id = id;
    }

    @Override
    public <T> void add(Extension<T> extension) {
        String name = extension.spi().getSimpleName() + " '" + extension.id() + "'";
        Optional<Registered<T>> known = others.find(extension.spi(), extension.id());
        if (known.isPresent()) {
            throw new IllegalArgumentException(name + " of plugin " + id + " is registered already, by plugin " + known.get().pluginId());
        }
        if (extensions.stream().anyMatch(e -> e.spi() == extension.spi() && e.id().equals(extension.id()))) {
            throw new IllegalArgumentException("plugin " + id + " registers " + name + " twice");
        }
        instantiable(name, extension.spi(), extension.implementation());
        extension.options().ifPresent(record -> {
            try {
                Options.check(record);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
            }
        });
        extensions.add(extension);
    }

    @Override
    public <T> void provide(Class<T> api, Class<? extends T> implementation) {
        String name = "service " + api.getSimpleName();
        Optional<LoadedPlugin> provider = others.provider(api);
        if (provider.isPresent()) {
            throw new IllegalArgumentException(name + " of plugin " + id + " is provided already, by plugin " + provider.get().id());
        }
        if (services.stream().anyMatch(s -> s.api() == api)) {
            throw new IllegalArgumentException("plugin " + id + " provides " + name + " twice");
        }
        instantiable(name, api, implementation);
        if (!implementation.isAnnotationPresent(MachineScoped.class)) {
            throw new IllegalArgumentException(name + ": " + implementation.getName() + " does not bear @MachineScoped");
        }
        services.add(new Service<>(api, implementation));
    }

    @Override
    public void events(EventType... types) {
        events.addAll(List.of(types));
    }

    /** Generics say so already, but a plugin may have been compiled without them. */
    private static void instantiable(String name, Class<?> spi, Class<?> implementation) {
        if (!spi.isAssignableFrom(implementation)) {
            throw new IllegalArgumentException(name + ": " + implementation.getName() + " is not a " + spi.getSimpleName());
        }
        if (implementation.isInterface() || Modifier.isAbstract(implementation.getModifiers())) {
            throw new IllegalArgumentException(name + ": " + implementation.getName() + " is abstract");
        }
    }

    LoadedPlugin finish(Candidate candidate) {
        EmulatorPlugin plugin = candidate.plugin();
        List<Extension<?>> sorted = extensions.stream()
                .sorted(Comparator.comparing((Extension<?> e) -> e.spi().getSimpleName()).thenComparing(Extension::id)).toList();
        Class<?> type = plugin.getClass();
        return new LoadedPlugin(id, Versions.of(plugin), Origin.module(type), Origin.location(type), plugin.summary(),
                candidate.requires(), candidate.builtFor(), sorted, services, events, type);
    }
}
