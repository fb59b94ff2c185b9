package io.dmalab.core.plugin;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.FileTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The drop-in jars of a folder, opened in order of name but for those whose modules others require: these come before them. */
final class PluginFolder {
    private static final String JAR = ".jar";

    /** What is made of the folder's jars. */
    interface Sink {
        void opened(PluginJar jar, List<EmulatorPlugin> plugins);

        void unusable(String jar, Unusable why);
    }

    private final List<Module> injectors;
    private final Sink sink;
    /** Not yet opened. */
    private final List<PluginJar> left = new ArrayList<>();
    /** Of the jars that are opened, and of those that could not be. */
    private final Map<String, Optional<PluginJar>> done = new LinkedHashMap<>();

    private PluginFolder(List<Module> injectors, Sink sink) {
        this.injectors = injectors;
        this.sink = sink;
    }

    /** @throws BadInput if it cannot be listed */
    static void open(Path folder, List<Module> injectors, Sink sink) {
        new PluginFolder(injectors, sink).open(jars(folder));
    }

    private static List<Path> jars(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().endsWith(JAR) && !f.getFileName().toString().startsWith("."))
                    .sorted(Comparator.comparing(f -> f.getFileName().toString())).toList();
        } catch (IOException e) {
            throw BadInput.of(folder.toString(), "cannot be listed (" + FileTrouble.cause(e) + ")", "name a folder that holds plugin jars");
        }
    }

    private void open(List<Path> jars) {
        for (Path jar : jars) {
            try {
                left.add(PluginJar.read(jar));
            } catch (Unusable e) {
                sink.unusable(jar.getFileName().toString(), e);
            }
        }
        for (Optional<PluginJar> next = next(); next.isPresent(); next = next()) {
            left.remove(next.get());
            open(next.get());
        }
        for (PluginJar jar : left) {
            sink.unusable(jar.name(), new Unusable("its module and those of other jars require each other: " + module(jar) + " -> "
                    + String.join(", ", needed(jar)), "remove one of these requirements", null));
        }
    }

    /** The first jar that requires none of those that are left. */
    private Optional<PluginJar> next() {
        return left.stream().filter(jar -> needed(jar).isEmpty()).findFirst();
    }

    private List<String> needed(PluginJar jar) {
        List<String> others = left.stream().filter(other -> other != jar).map(PluginFolder::module).toList();
        return jar.requires().stream().filter(name -> others.contains(name) && !done.containsKey(name)).toList();
    }

    private static String module(PluginJar jar) {
        return jar.module().orElse("");
    }

    private void open(PluginJar jar) {
        List<PluginJar> needed = jar.requires().stream().map(name -> done.getOrDefault(name, Optional.empty())).flatMap(Optional::stream)
                .toList();
        try {
            List<EmulatorPlugin> plugins = Attempt.at("its constructor", () -> jar.open(needed, injectors));
            done.putIfAbsent(module(jar), Optional.of(jar));
            sink.opened(jar, plugins);
        } catch (Unusable e) {
            done.putIfAbsent(module(jar), Optional.empty());
            sink.unusable(jar.name(), e);
        }
    }
}
