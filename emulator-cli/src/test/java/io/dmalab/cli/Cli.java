package io.dmalab.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;

/** Runs the application in this process. */
final class Cli {
    /** What a user sees. @param code the exit code */
    record Outcome(int code, String out, String err) {
        /** Everything in one text, for golden files. Paths of this machine, versions and digests are replaced. */
        String text(Path... folders) {
            String all = "exit " + code + "\n" + (out.isEmpty() ? "" : "--- stdout\n" + out) + (err.isEmpty() ? "" : "--- stderr\n" + err);
            for (Path folder : folders) {
                all = all.replace(folder.toString(), "FOLDER");
            }
            return all.replace("\r\n", "\n").replaceAll("[0-9]+\\.[0-9]+\\.[0-9]+(-SNAPSHOT)?\\+[0-9a-f]{8}", "VERSION+MODEL")
                    .replaceAll("dev\\+[0-9a-f]{8}", "VERSION+MODEL").replaceAll("\\b[0-9a-f]{16}\\b", "DIGEST")
                            .replaceAll("@[0-9a-f]{8}/", "@CONTENT/");
        }
    }

    private Cli() {}

    static Outcome run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine(args);
        line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        int code = line.execute(args);
        return new Outcome(code, out.toString(), err.toString());
    }

    static Outcome run(List<String> args) {
        return run(args.toArray(String[]::new));
    }
}
