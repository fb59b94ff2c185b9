package io.dmalab.core.run;

import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Configured;
import io.dmalab.core.scenario.Scenario;
import io.dmalab.core.time.StreamDigest;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * Everything that is needed to run a run again, and to see whether it came out the same:
 * {@code run1:SCENARIO@CONTENT/POLICY/SEED/CHANGES/VERSION+MODEL/DIGEST}.
 *
 * @param scenario id of the scenario
 * @param content  hash of its text, 8 hex digits
 * @param policy   policy with its options; {@code -} for the scenario's own
 * @param changes  what else the run changed in the scenario, {@code kasan=off,hz=100}; {@code -} for nothing
 * @param model    version of dmalab, and fingerprint of the model's code and plugins, {@code 0.1.0+1f2e3d4c}
 * @param digest   digest of the run, 16 hex digits
 */
public record RunToken(String scenario, String content, String policy, long seed, String changes, String model, String digest) {
    /** Form of the token; another number follows when the form changes. */
    public static final String PREFIX = "run1:";
    private static final String AGAIN = "copy the whole token, it looks like " + PREFIX + "SCENARIO@.../POLICY/SEED/...";
    private static final int FIELDS = 6;

    /** @param model what {@code Emulator.model()} says */
    public static RunToken of(RunRequest request, RunResult result, String model) {
        return of(request, result.seed(), result.digest(), model);
    }

    /** A run of the request with that seed. */
    static RunToken of(RunRequest request, long seed, long digest, String model) {
        Scenario scenario = request.scenario();
        return new RunToken(scenario.id(), content(scenario), request.policy().text().orElse("-"), seed, request.changes().text(), model,
                String.format(Locale.ROOT, "%016x", digest));
    }

    static String content(Scenario scenario) {
        return String.format(Locale.ROOT, "%08x", (int) StreamDigest.hash(scenario.text()));
    }

    /** @param place where the token stands, for messages @throws BadInput if it is none */
    public static RunToken parse(String text, String place) {
        String token = text.strip();
        if (!token.startsWith(PREFIX)) {
            throw token.matches("run[0-9]+:.*")
                    ? BadInput.of(place, "a token of form '" + token.substring(0, token.indexOf(':')) + "', this dmalab reads '"
                            + PREFIX.replace(":", "") + "'",
                            "replay it with the version that made it")
                    : BadInput.of(place, "not a replay token", AGAIN);
        }
        String[] fields = token.substring(PREFIX.length()).split("/", -1);
        if (fields.length != FIELDS) {
            throw BadInput.of(place, "a token has " + FIELDS + " fields between slashes, this one " + fields.length, AGAIN);
        }
        String[] scenario = decode(fields[0], place).split("@", -1);
        if (scenario.length != 2 || !scenario[1].matches("[0-9a-f]{8}")) {
            throw BadInput.of(place, "the token's scenario is not of the form NAME@CONTENT", AGAIN);
        }
        if (!fields[5].matches("[0-9a-f]{16}")) {
            throw BadInput.of(place, "the token does not end with a digest of 16 hex digits", AGAIN);
        }
        return new RunToken(scenario[0], scenario[1], decode(fields[1], place), seed(fields[2], place), decode(fields[3], place),
                decode(fields[4], place), fields[5]);
    }

    static long seed(String text, String place) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw BadInput.of(place, "the token's seed '" + text + "' is not a number", AGAIN);
        }
    }

    static String decode(String field, String place) {
        try {
            return URLDecoder.decode(field.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw BadInput.of(place, "the token's field '" + field + "' is damaged", AGAIN);
        }
    }

    /** The run that the token stands for. @param found the scenario of that id */
    public RunRequest request(Scenario found, String place) {
        RunRequest request = Changes.apply(changes, RunRequest.of(found).withSeed(seed), place);
        return policy.equals("-") ? request : request.withPolicy(Configured.parse(policy, place));
    }

    /** What came out differently, and why that may be; empty if the run was the same to the last event. */
    public Optional<String> difference(RunRequest request, RunResult result, String modelHere) {
        if (result.digestText().equals(digest)) {
            return Optional.empty();
        }
        String what = "digest " + result.digestText() + " instead of " + digest + "; ";
        if (!content(request.scenario()).equals(content)) {
            return Optional.of(what + "scenario " + scenario + " has been changed since, give the old file with --scenario");
        }
        if (!model.equals(modelHere)) {
            return Optional.of(what + "the token was made by dmalab " + model + ", this is " + modelHere + " with other code or plugins");
        }
        return Optional.of(what
                + "scenario, plugins and version are the same, so dmalab or a plugin is not deterministic: please report it");
    }

    /** The token as it is printed. */
    @Override
    public String toString() {
        return PREFIX + encode(scenario) + "@" + content + "/" + encode(policy) + "/" + seed + "/" + encode(changes) + "/" + encode(model)
                + "/" + digest;
    }

    /** Leaves what neither a shell nor the token's own form gives a meaning. */
    static String encode(String field) {
        return URLEncoder.encode(field, StandardCharsets.UTF_8).replace("+", "%20").replace("%3D", "=").replace("%2C", ",")
                .replace("%2B", "+");
    }
}
