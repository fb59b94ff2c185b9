package io.dmalab.api.diagnose;

import io.dmalab.api.kernel.FindingKind;
import java.util.List;
import java.util.Optional;

/**
 * What to do with a diagnosis.
 *
 * @param preventions policies of dmalab that keep this from happening; each is tested against the reproduction
 * @param others      fixes that are no policy of dmalab, a sentence each
 * @param reproduction the scenario that shows it, if one does
 */
public record Advice(List<Prevention> preventions, List<String> others, Optional<Reproduction> reproduction) {
    /** @param policy id of a FreePolicy @param how what it changes, and up to where it helps */
    public record Prevention(String policy, String how) {}

    /**
     * A run that shows the failure.
     *
     * @param scenario  id
     * @param arguments of {@code dmalab run}, behind the scenario
     * @param finding   what the run reports; a prevention's run does not
     * @param differs   what differs from the log, empty if nothing does
     */
    public record Reproduction(String scenario, List<String> arguments, Optional<FindingKind> finding, String differs) {
        public Reproduction {
            arguments = List.copyOf(arguments);
        }

        /** What to type. */
        public String command() {
            return ("dmalab run " + scenario + " " + String.join(" ", arguments)).strip();
        }
    }

    public Advice {
        preventions = List.copyOf(preventions);
        others = List.copyOf(others);
    }
}
