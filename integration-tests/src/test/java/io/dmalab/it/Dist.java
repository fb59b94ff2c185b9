package io.dmalab.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The distribution that this build has made, and programs started from it. */
final class Dist {
    static final Path ROOT = Path.of(System.getProperty("dmalab.root"));
    static final Path HOME = ROOT.resolve("emulator-cli/target/dist");
    static final Path LIB = HOME.resolve("lib");
    static final Path IMAGE = HOME.resolve("image");
    static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private static final long LIMIT_SECONDS = 120;

    private Dist() {}

    /** What a program printed and ended with. */
    record Outcome(int code, String out, String err) {
        JsonNode json() {
            return JsonMapper.shared().readTree(out);
        }

        String digest() {
            return json().get("digest").asString();
        }
    }

    static List<Path> ourJars() throws IOException {
        try (Stream<Path> jars = Files.list(LIB)) {
            return jars.filter(jar -> ModuleNames.of(jar).startsWith("io.dmalab")).sorted().toList();
        }
    }

    static Outcome run(List<String> command) throws IOException, InterruptedException {
        return run(command, ROOT, Map.of());
    }

    /** Runs a program to its end. @param environment what is set in it; an empty value takes the variable away */
    static Outcome run(List<String> command, Path folder, Map<String, String> environment) throws IOException, InterruptedException {
        Path out = Files.createTempFile("dmalab-it", ".out");
        Path err = Files.createTempFile("dmalab-it", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
                    .redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().keySet().removeAll(List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"));
            environment.forEach((name, value) -> {
                if (value.isEmpty()) {
                    builder.environment().remove(name);
                } else {
                    builder.environment().put(name, value);
                }
            });
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + " did not end within " + LIMIT_SECONDS + " s");
            }
            return new Outcome(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    static List<String> command(List<String> launch, String... arguments) {
        List<String> command = new ArrayList<>(launch);
        command.addAll(List.of(arguments));
        return command;
    }
}
