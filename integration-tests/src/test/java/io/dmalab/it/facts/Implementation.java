package io.dmalab.it.facts;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Where a name of an entry's code leads to. */
final class Implementation {
    private static final List<String> MODULES = List.of("emulator-api", "emulator-core", "platform-pseries", "netstack", "driver-mlx",
            "emulator-cli");

    private Implementation() {}

    /** What is wrong with it: no such class, no such method or field in it. */
    static Optional<String> problem(String code) {
        try {
            Class<?> type = Class.forName(type(code), false, Implementation.class.getClassLoader());
            String member = member(code);
            boolean there = member.isEmpty() || Arrays.stream(type.getDeclaredMethods()).anyMatch(method -> method.getName().equals(member))
                    || Arrays.stream(type.getDeclaredFields()).anyMatch(field -> field.getName().equals(member));
            return there ? Optional.empty() : Optional.of(type.getName() + " has no " + member);
        } catch (ClassNotFoundException e) {
            return Optional.of("no class " + type(code));
        }
    }

    /** Below the root. */
    static Path source(Path root, String code) {
        String file = type(code).replaceFirst("[$].*", "").replace('.', '/') + ".java";
        return MODULES.stream().map(module -> Path.of(module, "src/main/java", file)).filter(path -> Files.exists(root.resolve(path)))
                .findFirst().orElseThrow(() -> new AssertionError("no source of " + code));
    }

    /** {@code DdwAttempt.query}. */
    static String shown(String code) {
        String type = type(code);
        return type.substring(type.lastIndexOf('.') + 1).replace('$', '.') + (member(code).isEmpty() ? "" : "." + member(code));
    }

    private static String type(String code) {
        return "io.dmalab." + code.replaceFirst("#.*", "");
    }

    private static String member(String code) {
        return code.contains("#") ? code.substring(code.indexOf('#') + 1) : "";
    }
}
