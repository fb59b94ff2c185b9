package io.dmalab.cli.report;

import java.util.List;

/**
 * What is needed to make a report again.
 *
 * @param summary  the scenario's one sentence
 * @param story    what it is about, for the page's head
 * @param settings name and value in turn: scenario, kernel, seeds, version, digest
 * @param command  makes the same figures again
 */
public record Facts(String summary, String story, List<String> settings, String command) {
    public Facts {
        settings = List.copyOf(settings);
    }
}
