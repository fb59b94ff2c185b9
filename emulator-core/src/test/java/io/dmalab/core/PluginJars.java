package io.dmalab.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.EmulatorPlugin;
import jakarta.inject.Inject;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Builds plugin jars from source, as their authors would. */
public final class PluginJars {
    private static final String SERVICE = "META-INF/services/" + EmulatorPlugin.class.getName();

    private final Map<String, String> sources = new LinkedHashMap<>();
    private final List<String> libraries = new ArrayList<>();
    private final Map<String, String> files = new TreeMap<>();
    private final List<String> options = new ArrayList<>();

    /** @param name class name, or {@code module-info} */
    public PluginJars source(String name, String text) {
        sources.put(name, text);
        return this;
    }

    /** META-INF/services. */
    public PluginJars service(String provider) {
        files.put(SERVICE, provider + "\n");
        return this;
    }

    /** A jar that the plugin is compiled against. */
    public PluginJars with(Path jar) {
        libraries.add(jar.toString());
        return this;
    }

    /** Of the compiler. */
    public PluginJars options(String... more) {
        options.addAll(List.of(more));
        return this;
    }

    public PluginJars manifest(String lines) {
        files.put("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n" + lines + "\n");
        return this;
    }

    /** A plugin of one class that registers what {@code body} says; without a module-info. */
    public static PluginJars plugin(String id, String body) {
        String type = "P" + id.replaceAll("[^a-z0-9]", "");
        return new PluginJars().service("plug." + type).source("plug." + type, """
                package plug;
                import io.dmalab.api.*;
                import io.dmalab.api.policy.*;
                public final class %s implements EmulatorPlugin {
                    public String id() { return "%s"; }
                    public String summary() { return "for a test"; }
                    public void register(Extensions extensions) { %s }
                    public static final class Policy implements FreePolicy {}
                }
                """.formatted(type, id, body));
    }

    /** The machine of the core's own tests, see src/test/resources/toy-plugin. */
    public static Path toy(Path folder) {
        PluginJars jar = new PluginJars().service("toy.ToyPlugin");
        Path root = Path.of(System.getProperty("basedir", "."), "src/test/resources/toy-plugin");
        try (Stream<Path> walk = Files.walk(root)) {
            for (Path file : walk.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
                String name = root.relativize(file).toString().replace(".java", "").replace('/', '.').replace('\\', '.');
                jar.source(name, Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return jar.build(folder.resolve("toy-plugin.jar"));
    }

    public Path build(Path jar) {
        try {
            Path classes = Files.createTempDirectory("plugin");
            compile(classes);
            try (OutputStream out = Files.newOutputStream(jar);
                    JarOutputStream zip = new JarOutputStream(out);
                    Stream<Path> walk = Files.walk(classes)) {
                for (Map.Entry<String, String> file : files.entrySet()) {
                    put(zip, file.getKey(), file.getValue().getBytes(StandardCharsets.UTF_8));
                }
                for (Path file : walk.filter(Files::isRegularFile).sorted().toList()) {
                    put(zip, classes.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
                }
            }
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void put(JarOutputStream zip, String name, byte[] bytes) throws IOException {
        zip.putNextEntry(new JarEntry(name));
        zip.write(bytes);
        zip.closeEntry();
    }

    private void compile(Path classes) {
        if (sources.isEmpty()) {
            return;
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<JavaFileObject> units = new ArrayList<>();
        sources.forEach((name, text) -> units.add(new Source(name, text)));
        List<String> places = new ArrayList<>(libraries);
        places.addAll(List.of(place(EmulatorPlugin.class), place(Inject.class)));
        places.addAll(onPath("apiguardian-api"));
        String path = String.join(File.pathSeparator, places);
        boolean modular = sources.containsKey("module-info");
        StringWriter messages = new StringWriter();
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of("-d", classes.toString(), "-proc:none", "-parameters", modular ? "-p" : "-cp", path));
        assertThat(compiler.getTask(messages, null, null, all, null, units).call()).as(messages.toString()).isTrue();
    }

    /** What only a compiler needs, so that no class of it is loaded here. */
    private static List<String> onPath(String artifact) {
        return Stream.of("jdk.module.path", "java.class.path").map(System::getProperty).filter(Objects::nonNull)
                .flatMap(path -> Stream.of(path.split(File.pathSeparator))).filter(file -> file.contains(artifact)).distinct().toList();
    }

    private static String place(Class<?> type) {
        return Path.of(type.getModule().isNamed()
                ? type.getModule().getLayer().configuration().findModule(type.getModule().getName()).orElseThrow().reference().location()
                        .orElseThrow()
                : URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString())).toString();
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String name, String text) {
            super(URI.create("string:///" + name.replace('.', '/') + Kind.SOURCE.extension), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
