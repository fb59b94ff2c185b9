package io.dmalab.core.plugin;

import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says which plugin's code is on a stack. Costs nothing before something goes wrong. */
public final class Culprits {
    private static final List<String> PLATFORM = List.of("java.", "javax.", "jdk.", "sun.");

    private final List<LoadedPlugin> plugins;

    public Culprits(List<LoadedPlugin> plugins) {
        // the core's own plugin stands for the core, which plugins call
        Optional<URI> core = Origin.uri(Culprits.class);
        this.plugins = plugins.stream().filter(plugin -> !Origin.uri(plugin.type()).equals(core)).toList();
    }

    /** Of what was thrown, or of what caused it: the innermost cause that a plugin's code takes part in. */
    public Optional<Culprit> of(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable t = failure; t != null && !chain.contains(t); t = t.getCause()) {
            chain.addFirst(t);
        }
        return chain.stream().map(t -> of(t.getStackTrace())).flatMap(Optional::stream).findFirst();
    }

    /** @param stack innermost method first */
    public Optional<Culprit> of(StackTraceElement[] stack) {
        boolean own = true;
        for (StackTraceElement frame : stack) {
            Optional<LoadedPlugin> plugin = plugin(frame);
            if (plugin.isPresent()) {
                return Optional.of(new Culprit(plugin.get().id(), frame, own));
            }
            own &= PLATFORM.stream().anyMatch(frame.getClassName()::startsWith);
        }
        return Optional.empty();
    }

    /** Who is met most often, and how often; of equals the one that is met first. */
    public Optional<Map.Entry<Culprit, Integer>> most(List<StackTraceElement[]> stacks) {
        Map<String, Map.Entry<Culprit, Integer>> counts = new LinkedHashMap<>();
        stacks.stream().map(this::of).flatMap(Optional::stream).forEach(culprit -> counts.merge(culprit.pluginId() + " " + culprit.method(),
                Map.entry(culprit, 1), (a, b) -> Map.entry(a.getKey(), a.getValue() + 1)));
        return counts.values().stream().max(Comparator.comparingInt(Map.Entry::getValue));
    }

    /**
     * Of code that runs on and on: the innermost method of a plugin that is on every one of its stacks.
     *
     * @param stacks of one thread at several times
     */
    public Optional<Culprit> looping(List<StackTraceElement[]> stacks) {
        if (stacks.isEmpty()) {
            return Optional.empty();
        }
        StackTraceElement[] first = stacks.getFirst();
        for (int depth = 0; depth < first.length; depth++) {
            String method = method(first[depth]);
            Optional<LoadedPlugin> plugin = plugin(first[depth]);
            if (plugin.isPresent() && stacks.stream()
                    .allMatch(stack -> List.of(stack).stream().map(Culprits::method).anyMatch(method::equals))) {
                return Optional.of(new Culprit(plugin.get().id(), first[depth], depth == 0));
            }
        }
        return Optional.empty();
    }

    private static String method(StackTraceElement frame) {
        return frame.getModuleName() + " " + frame.getClassName() + " " + frame.getMethodName();
    }

    private Optional<LoadedPlugin> plugin(StackTraceElement frame) {
        if (PLATFORM.stream().anyMatch(frame.getClassName()::startsWith)) {
            return Optional.empty();
        }
        return plugins.stream().filter(plugin -> holds(plugin, frame)).findFirst();
    }

    /** The plugin's module, or its jar or folder, has that class. */
    private static boolean holds(LoadedPlugin plugin, StackTraceElement frame) {
        Class<?> anchor = plugin.type();
        Module module = anchor.getModule();
        if (module.isNamed() != (frame.getModuleName() != null) || module.isNamed() && !module.getName().equals(frame.getModuleName())) {
            return false;
        }
        try {
            Class<?> type = Class.forName(frame.getClassName(), false, anchor.getClassLoader());
            return module.isNamed() ? type.getModule() == module
                    : type.getClassLoader() == anchor.getClassLoader() && Origin.uri(type).equals(Origin.uri(anchor));
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }
}
