package io.dmalab.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Runs several commands in one JVM, for the build alone: the archive of classes holds what one process loaded. The commands
 * stand behind each other with {@code --} between them, each behind the number of times it is run: {@code 3 run x -- 1 doctor}.
 */
final class Training {
    private Training() {}

    public static void main(String[] args) {
        int worst = 0;
        for (List<String> command : commands(args)) {
            int times = Integer.parseInt(command.getFirst());
            String[] words = command.subList(1, command.size()).toArray(String[]::new);
            long start = System.nanoTime();
            for (int i = 0; i < times; i++) {
                worst = Math.max(worst, Main.commandLine(words).execute(words));
            }
            System.out.printf(Locale.ROOT, "training: %s in %d ms%n", command, (System.nanoTime() - start) / 1_000_000);
        }
        System.out.flush();
        Runtime.getRuntime().exit(worst);
    }

    private static List<List<String>> commands(String[] args) {
        List<List<String>> commands = new ArrayList<>(List.of(new ArrayList<>()));
        for (String arg : args) {
            if (arg.equals("--")) {
                commands.add(new ArrayList<>());
            } else {
                commands.getLast().add(arg);
            }
        }
        return commands;
    }
}
