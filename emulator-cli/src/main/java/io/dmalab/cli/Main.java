package io.dmalab.cli;

import io.dmalab.core.scenario.BadInput;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.PrintWriter;
import java.nio.channels.Channels;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** The application {@code dmalab}. */
@Command(
        name = "dmalab",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        scope = ScopeType.INHERIT,
        description = "Emulates what happens to DMA mappings when the device goes away.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {"  dmalab run --policy legacy", "  dmalab compare", "  dmalab doctor"},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done, nothing found", "1:a finding (compare: only with --fail-on)", "2:bad usage or bad input",
            "3:a defect of dmalab or of a plugin", "130:interrupted"
        })
public final class Main implements Runnable {
    /** Of a terminal as it opens. */
    private static final int WIDTH = 80;
    /** It writes a script about all commands. */
    private static final String COMPLETION = "generate-completion";
    /** In the order in which the help lists them. */
    private static final List<Subcommand> COMMANDS = List.of(
            new Subcommand("run", RunCommand.class),
            new Subcommand("compare", CompareCommand.class),
            new Subcommand("explore", ExploreCommand.class),
            new Subcommand("replay", ReplayCommand.class),
            new Subcommand("conform", ConformCommand.class),
            new Subcommand("diagnose", DiagnoseCommand.class),
            new Subcommand("import", ImportCommand.class),
            new Subcommand("scenarios", ScenariosCommand.class),
            new Subcommand("policies", PoliciesCommand.class),
            new Subcommand("timeouts", TimeoutsCommand.class),
            new Subcommand("plugins", PluginsCommand.class),
            new Subcommand("profiles", ProfilesCommand.class),
            new Subcommand("doctor", DoctorCommand.class),
            new Subcommand(COMPLETION, GenerateCompletion.class));
    private static final Logger LIBRARIES = Logger.getLogger("");

    static final int FINDING = 1;
    static final int BAD_INPUT = 2;
    static final int DEFECT = 3;
    static final int INTERRUPTED = 130;

    /** A command, under the name that its annotation says. */
    private record Subcommand(String name, Class<?> type) {}

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show the Java stack trace of an error.")
    boolean debug;

    @CommandLine.Spec
    CommandLine.Model.CommandSpec spec;

    public static void main(String[] args) {
        if (!List.of(args).contains("--debug")) {
            // a library's warning would stand among what the command prints, and tell a user nothing
            LIBRARIES.setLevel(Level.OFF);
        }
        Interruption interruption = Interruption.watch(Thread.currentThread());
        if (List.of(args).contains("-")) {
            // a channel's reader that waits can be interrupted, that of System.in cannot
            System.setIn(Channels.newInputStream(new FileInputStream(FileDescriptor.in).getChannel()));
        }
        StandardOutput output = StandardOutput.ofProcess();
        PrintWriter writer = output.writer();
        int code = execute(writer, args);
        writer.flush();
        if (output.trouble().isPresent()) {
            System.err.println("dmalab: standard output cannot be written (" + output.trouble().get() + "), so the result is not whole");
            code = BAD_INPUT;
        }
        interruption.over();
        // exit, not return: an interrupted comparison may leave machines running on daemon threads
        Runtime.getRuntime().exit(code);
    }

    /** Errors are none of picocli's business. */
    private static int execute(PrintWriter output, String[] args) {
        CommandLine line = commandLine(args);
        line.setOut(output);
        try {
            return line.execute(args);
        } catch (OutOfMemoryError e) {
            System.err.println("dmalab: out of memory; give Java more, e.g. JDK_JAVA_OPTIONS=-Xmx4g");
            return DEFECT;
        } catch (Error e) {
            if (List.of(args).contains("--debug")) {
                e.printStackTrace();
            }
            System.err.println(Defect.text(e, Output.culprit(last(line).getCommandSpec(), e)));
            return DEFECT;
        }
    }

    /** The command that was asked for, or the application itself. */
    private static CommandLine last(CommandLine line) {
        return line.getParseResult() == null ? line : line.getParseResult().asCommandLineList().getLast();
    }

    /** With every command. */
    static CommandLine commandLine() {
        return commandLine(COMMANDS);
    }

    /** For these arguments: with the command alone that they name. Describing the others to picocli would be a tenth of a short run. */
    static CommandLine commandLine(String... args) {
        String first = args.length == 0 ? "" : args[0];
        List<Subcommand> named = COMMANDS.stream().filter(command -> command.name().equals(first)).toList();
        return commandLine(first.equals("--version") ? List.of() : named.isEmpty() || first.equals(COMPLETION) ? COMMANDS : named);
    }

    private static CommandLine commandLine(List<Subcommand> commands) {
        Main main = new Main();
        CommandLine line = new CommandLine(main);
        commands.forEach(command -> line.addSubcommand(command.name(), command.type()));
        line.setUsageHelpWidth(WIDTH);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setColorScheme(Colours.scheme());
        line.setParameterExceptionHandler(usageErrors());
        line.setExecutionExceptionHandler(defects(main));
        return line;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    private static IParameterExceptionHandler usageErrors() {
        return (ParameterException e, String[] args) -> {
            CommandLine line = e.getCommandLine();
            String text = UsageError.text(e);
            line.getErr().printf(Locale.ROOT, "dmalab: %s%s see '%s --help'%n", text, text.endsWith("?") ? "" : ";", line.getCommandSpec()
                    .qualifiedName());
            return BAD_INPUT;
        };
    }

    private static IExecutionExceptionHandler defects(Main main) {
        return (Exception e, CommandLine line, CommandLine.ParseResult result) -> {
            if (main.debug) {
                e.printStackTrace(line.getErr());
            }
            if (e instanceof BadInput bad) {
                line.getErr().println("dmalab: " + bad.getMessage());
                return BAD_INPUT;
            }
            if (e instanceof CancellationException) {
                line.getErr().println("dmalab: interrupted");
                return INTERRUPTED;
            }
            line.getErr().println(Defect.text(e, Output.culprit(line.getCommandSpec(), e)));
            return DEFECT;
        };
    }
}
