package io.dmalab.cli;

import io.dmalab.core.Emulator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code dmalab doctor}: what works here and what does not. */
@Command(name = "doctor",
        description = "Checks this installation: Java, image, classes, fibers, plugins, scenarios, and a run made twice.",
        footerHeading = "%nExamples:%n", footer = "  dmalab doctor")
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    Output output;

    @Mixin
    Machinery machinery;

    @Override
    public Integer call() {
        Emulator emulator = machinery.quietly();
        List<Check> all = new Examination(emulator, Installation.plugins(machinery.plugins), output.seed).all();
        boolean healthy = all.stream().noneMatch(d -> d.state() == Check.State.BROKEN);
        if (output.json) {
            ObjectNode node = Json.object("doctor").put("healthy", healthy).put("version", Emulator.version())
                    .put("model", emulator.model());
            ArrayNode checks = node.putArray("checks");
            all.forEach(d -> checks.addObject().put("name", d.name()).put("state", d.state().toString()).put("text", d.text())
                    .put("remedy", d.remedy()));
            Json.print(output.out(), node);
            return healthy ? 0 : Main.FINDING;
        }
        for (Check d : all) {
            if (!output.quiet || d.state() != Check.State.OK) {
                output.out().printf(Locale.ROOT, "%-6s %-10s %s%s%n", coloured(d.state()), d.name(), d.text(), d.remedy().isEmpty() ? ""
                        : "; " + d.remedy());
            }
        }
        output.out().flush();
        return healthy ? 0 : Main.FINDING;
    }

    private static String coloured(Check.State state) {
        String text = String.format(Locale.ROOT, "%-6s", state);
        return switch (state) {
            case OK -> Colours.green(text);
            case NOTE -> Colours.yellow(text);
            case BROKEN -> Colours.red(text);
        };
    }
}
