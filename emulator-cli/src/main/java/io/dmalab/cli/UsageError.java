package io.dmalab.cli;

import io.dmalab.core.scenario.Suggestion;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one line what is wrong with a command line, in the user's words instead of Java's. */
final class UsageError {
    private static final Pattern CHOICE =
            Pattern.compile("Invalid value for (.*): expected one of \\[(.*)] \\(case-insensitive\\) but was '(.*)'");
    private static final Pattern NUMBER = Pattern.compile("Invalid value for (.*): '(.*)' is not an? (int|long)");
    private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]+");

    private static final String SHOW = "show";

    private UsageError() {}

    static String text(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            return unmatched(unmatched);
        }
        String message = e.getMessage().lines().findFirst().orElse("bad usage");
        Matcher choice = CHOICE.matcher(message);
        if (choice.matches()) {
            return choice.group(1) + ": '" + choice.group(3) + "' is not one of " + choice.group(2).toLowerCase(Locale.ROOT);
        }
        Matcher number = NUMBER.matcher(message);
        return !number.matches() ? message : number.group(1) + ": '" + number.group(2)
                + (WHOLE.matcher(number.group(2)).matches() ? "' is out of range" : "' is not a whole number");
    }

    private static String unmatched(UnmatchedArgumentException e) {
        String given = e.getUnmatched().getFirst();
        CommandLine line = e.getCommandLine();
        if (given.startsWith("-")) {
            List<String> options = line.getCommandSpec().options().stream().map(option -> option.longestName()).toList();
            return "unknown option '" + given + "'" + nearest(given.replaceFirst("=.*", ""), options);
        }
        if (!line.getSubcommands().isEmpty()) {
            List<String> known = line.getSubcommands().keySet().stream().toList();
            if (known.contains(SHOW) && Suggestion.nearest(given, known).isEmpty()) {
                return "unknown command '" + given + "'; did you mean '" + line.getCommandSpec().qualifiedName() + " " + SHOW + " " + given + "'?";
            }
            return "unknown command '" + given + "'" + nearest(given, known);
        }
        return "'" + given + "' is one argument too many";
    }

    private static String nearest(String given, List<String> known) {
        return Suggestion.nearest(given, known).map(name -> "; did you mean '" + name + "'?").orElse("");
    }
}
