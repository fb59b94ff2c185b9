package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Help as users read it. */
class HelpTest {
    static Stream<String> commands() {
        List<String> names = new ArrayList<>(List.of(""));
        collect(Main.commandLine(), "", names);
        return names.stream();
    }

    private static void collect(CommandLine line, String prefix, List<String> names) {
        line.getSubcommands().forEach((name, sub) -> {
            if (!name.equals("generate-completion")) {
                names.add(prefix + name);
                collect(sub, prefix + name + " ", names);
            }
        });
    }

    private static List<String> words(String command, String last) {
        List<String> words = new ArrayList<>(command.isEmpty() ? List.of() : List.of(command.split(" ")));
        words.add(last);
        return words;
    }

    @ParameterizedTest(name = "dmalab {0} --help")
    @MethodSource("commands")
    void help(String command) {
        Cli.Outcome outcome = Cli.run(words(command, "--help"));
        assertThat(outcome.code()).isZero();
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out().lines()).as("a terminal as it opens").allMatch(line -> line.length() <= 80);
        assertThat(outcome.out().lines().dropWhile(line -> !line.equals("Examples:")).skip(1)).as("examples to be copied, a line each")
                .isNotEmpty().allMatch(line -> line.matches("  (dmalab|journalctl|trace-cmd) .*"));
        Golden.check(("help " + command).strip().replace(' ', '-'), outcome.out().replace("\r\n", "\n"));
    }

    @ParameterizedTest(name = "dmalab {0}")
    @MethodSource("commands")
    void everyCommandHasTheCommonOptions(String command) {
        String help = Cli.run(words(command, "--help")).out();
        if (!command.isEmpty()) {
            assertThat(help).contains("--json").contains("--quiet").contains("--seed");
        }
        assertThat(help).contains("--help").contains("--version").contains("--debug").contains("Exit codes:");
    }

    @Test
    void withoutACommandTheHelpIsShown() {
        assertThat(Cli.run().out()).isEqualTo(Cli.run("--help").out());
    }

    @Test
    void commandsAreListedUnderTheirOwnNames() {
        Main.commandLine().getSubcommands().forEach((name, line) -> {
            CommandLine.Command command = line.getCommandSpec().userObject().getClass().getAnnotation(CommandLine.Command.class);
            assertThat(name).isEqualTo(command.name());
        });
    }

    @Test
    void theVersionNamesDmalabAndJava() {
        assertThat(Cli.run("--version").out().lines()).hasSize(2)
                .satisfiesExactly(l -> assertThat(l).startsWith("dmalab "), l -> assertThat(l).startsWith("Java 25"));
    }

    @Test
    @DisplayName("formats.md 3: completion is generated for the shell")
    void completionIsGeneratedForTheShell() {
        Cli.Outcome outcome = Cli.run("generate-completion");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("complete -F _complete_dmalab").contains("--policies");
        assertThat(outcome.out().lines().filter(line -> line.contains("compgen -W") || line.contains("_option_args=("))).as("what options take")
                .anyMatch(line -> line.contains("wait-for-drain") && line.contains("unmap-at-destroy"))
                .anyMatch(line -> line.contains("v6.14") && line.contains("sle15sp6-6.4.0-instrumented"))
                .anyMatch(line -> line.contains("\"wheel\" \"exact\""))
                .anyMatch(line -> line.contains("\"on\" \"off\""))
                .noneMatch(line -> line.contains("WHEEL") || line.contains("FORBIDDEN"));
        assertThat(outcome.out().lines().filter(line -> line.contains("_pos_param_args="))).as("what stands alone")
                .anyMatch(line -> line.contains("fragment-30s") && line.contains("never-read-socket"))
                .anyMatch(line -> line.contains("seed-race") && line.contains("worlds"));
    }
}
