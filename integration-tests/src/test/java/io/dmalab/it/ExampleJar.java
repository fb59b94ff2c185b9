package io.dmalab.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** A plugin of examples/, compiled against the distribution and packed, without its own build. */
final class ExampleJar {
    private ExampleJar() {}

    /**
     * @param temp where the classes go
     * @return the jar, alone in a folder
     */
    static Path make(String example, Path temp) throws IOException {
        Path main = main(example);
        Path classes = temp.resolve("classes");
        // a class path of its own, or javac would take the one that it is called on
        List<String> javac = new ArrayList<>(List.of("-Xlint:all", "-Werror", "-cp", temp.toString(), "-p", Dist.LIB.toString(), "-d",
                classes.toString()));
        sources(example).forEach(source -> javac.add(source.toString()));
        tool("javac", javac);
        Path jar = Files.createDirectories(temp.resolve("plugins")).resolve(example + ".jar");
        tool("jar", List.of("--create", "--file", jar.toString(), "-C", classes.toString(), ".", "-C", main.resolve("resources").toString(), "."));
        return jar;
    }

    static List<Path> sources(String example) throws IOException {
        try (Stream<Path> files = Files.walk(main(example).resolve("java"))) {
            return files.filter(f -> f.toString().endsWith(".java")).sorted().toList();
        }
    }

    private static Path main(String example) {
        return Dist.ROOT.resolve("examples").resolve(example).resolve("src/main");
    }

    private static void tool(String name, List<String> arguments) {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        int code = ToolProvider.findFirst(name).orElseThrow().run(out, out, arguments.toArray(String[]::new));
        assertThat(code).as("%s: %s", name, said).isZero();
    }
}
