package io.dmalab.core.run;

import io.dmalab.core.explore.Schedule;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Configured;
import io.dmalab.core.scenario.Scenario;

/**
 * Everything that is needed to follow an explored schedule again: {@code
 * explore1:SCENARIO@CONTENT/POLICY/SEED/CHANGES/VERSION+MODEL/SCHEDULE}.
 *
 * @param scenario id of the scenario
 * @param content  hash of its text, 8 hex digits
 * @param policy   policy with its options; {@code -} for the scenario's own
 * @param changes  what else was changed in the scenario; {@code -} for nothing
 * @param model    version of dmalab, and fingerprint of the model's code and plugins
 */
public record ScheduleToken(String scenario, String content, String policy, long seed, String changes, String model, Schedule schedule) {
    /** Form of the token; another number follows when the form changes. */
    public static final String PREFIX = "explore1:";
    private static final String AGAIN = "copy the whole token, it looks like " + PREFIX + "SCENARIO@.../POLICY/SEED/...";
    private static final int FIELDS = 6;

    /** @param model what {@code Emulator.model()} says */
    public static ScheduleToken of(RunRequest request, Schedule schedule, String model) {
        Scenario scenario = request.scenario();
        return new ScheduleToken(scenario.id(), RunToken.content(scenario), request.policy().text().orElse("-"), request.seed(),
                request.changes().text(), model, schedule);
    }

    /** @param place where the token stands, for messages @throws BadInput if it is none */
    public static ScheduleToken parse(String text, String place) {
        String token = text.strip();
        if (!token.startsWith(PREFIX)) {
            throw token.matches("explore[0-9]+:.*")
                    ? BadInput.of(place, "a token of form '" + token.substring(0, token.indexOf(':')) + "', this dmalab reads '"
                            + PREFIX.replace(":", "") + "'", "replay it with the version that made it")
                    : BadInput.of(place, "not a token of an exploration", AGAIN);
        }
        String[] fields = token.substring(PREFIX.length()).split("/", -1);
        if (fields.length != FIELDS) {
            throw BadInput.of(place, "a token has " + FIELDS + " fields between slashes, this one " + fields.length, AGAIN);
        }
        String[] scenario = RunToken.decode(fields[0], place).split("@", -1);
        if (scenario.length != 2 || !scenario[1].matches("[0-9a-f]{8}")) {
            throw BadInput.of(place, "the token's scenario is not of the form NAME@CONTENT", AGAIN);
        }
        try {
            return new ScheduleToken(scenario[0], scenario[1], RunToken.decode(fields[1], place), RunToken.seed(fields[2], place),
                    RunToken.decode(fields[3], place), RunToken.decode(fields[4], place), Schedule.parse(fields[5]));
        } catch (IllegalArgumentException e) {
            throw BadInput.of(place, e.getMessage(), AGAIN);
        }
    }

    /** What was explored. @param found the scenario of that id */
    public RunRequest request(Scenario found, String place) {
        RunRequest request = Changes.apply(changes, RunRequest.of(found).withSeed(seed), place);
        return policy.equals("-") ? request : request.withPolicy(Configured.parse(policy, place));
    }

    /** Why the schedule may not fit here. */
    public String doubt(RunRequest request, String modelHere) {
        if (!RunToken.content(request.scenario()).equals(content)) {
            return "scenario " + scenario + " has been changed since, give the old file with --scenario";
        }
        if (!model.equals(modelHere)) {
            return "the token was made by dmalab " + model + ", this is " + modelHere + " with other code or plugins";
        }
        return "scenario, plugins and version are the same: unless policy, changes or steps have been edited, dmalab or a plugin is not "
                + "deterministic: please report it";
    }

    /** The token as it is printed. */
    @Override
    public String toString() {
        return PREFIX + RunToken.encode(scenario) + "@" + content + "/" + RunToken.encode(policy) + "/" + seed + "/"
                + RunToken.encode(changes) + "/" + RunToken.encode(model) + "/" + schedule;
    }
}
