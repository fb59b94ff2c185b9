package io.dmalab.cli;

import io.dmalab.api.profile.Profile;
import io.dmalab.core.plugin.Registered;
import io.dmalab.api.profile.ProfileSet;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;

/** {@code dmalab profiles [show ID]}. */
@Command(name = "profiles", description = "Lists the profiles of kernels and hypervisors, or shows one with all its properties.",
        subcommands = ProfilesCommand.Show.class, synopsisSubcommandLabel = "[COMMAND]",
        footerHeading = "%nExamples:%n", footer = {"  dmalab profiles", "  dmalab profiles show v6.14"})
final class ProfilesCommand implements Callable<Integer> {
    @Mixin
    Output output;

    @Mixin
    Machinery machinery;

    @Override
    public Integer call() {
        ProfileCatalogue catalogue = new ProfileCatalogue(machinery.emulator(output));
        if (output.json) {
            var node = Json.object("profiles");
            ArrayNode sets = node.putArray("sets");
            for (Registered<ProfileSet> set : catalogue.sets()) {
                ArrayNode list = sets.addObject().put("id", set.id()).put("plugin", set.pluginId()).put("summary", set.extension().summary())
                        .putArray("profiles");
                catalogue.profiles(set).forEach(p -> list.addObject().put("id", p.id()).put("summary", p.summary()));
            }
            Json.print(output.out(), node);
            return 0;
        }
        String gap = "";
        for (Registered<ProfileSet> set : catalogue.sets()) {
            output.out().printf(Locale.ROOT, "%s%s: %s%n", gap, set.id(), set.extension().summary());
            Columns columns = new Columns("  ");
            catalogue.profiles(set).forEach(p -> columns.row(p.id(), p.summary()));
            columns.print(output.out());
            gap = System.lineSeparator();
        }
        return 0;
    }

    /** One profile, held against another of its kind. */
    @Command(name = "show", description = {"Shows a profile: every property with its value and what it means.",
            "A property in which it differs from the profile it is held against is marked with '*'."},
            footerHeading = "%nExamples:%n", footer = {"  dmalab profiles show v6.14", "  dmalab profiles show v6.16 --against v6.4"})
    static final class Show implements Callable<Integer> {
        @Mixin
        Output output;

        @Mixin
        Machinery machinery;

        @Parameters(paramLabel = "ID", completionCandidates = Candidates.Profiles.class, description = "Id of the profile.")
        String id;

        @Option(names = "--against", paramLabel = "ID", completionCandidates = Candidates.Profiles.class,
                description = "Profile of the same kind to hold it against. Default: the one before it in the list, or after the first.")
        Optional<String> against = Optional.empty();

        @Override
        public Integer call() {
            ProfileCatalogue catalogue = new ProfileCatalogue(machinery.emulator(output));
            Registered<ProfileSet> set = catalogue.setOf(id);
            Profile shown = catalogue.profile(set, id);
            Optional<Profile> other = against.map(name -> catalogue.profile(set, name)).or(() -> catalogue.neighbour(set, shown));
            ProfileReport report = new ProfileReport(output, set, shown, other);
            if (output.json) {
                report.json();
            } else {
                report.text();
            }
            return 0;
        }
    }
}
