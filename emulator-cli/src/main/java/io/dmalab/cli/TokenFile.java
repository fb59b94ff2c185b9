package io.dmalab.cli;

import io.dmalab.core.run.RunToken;
import io.dmalab.core.run.ScheduleToken;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.FileTrouble;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Finds the replay token in what the user gave: the token itself, a file with it, or the JSON of a run or of an exploration. */
final class TokenFile {
    private static final long MAX_BYTES = 64L << 20;
    private static final Pattern OTHER_FORMAT = Pattern.compile("(run|explore)[0-9]+:.*");
    private static final String FORMS = RunToken.PREFIX + " or " + ScheduleToken.PREFIX;

    private TokenFile() {}

    /** A token, and where it stands, for messages. */
    record Found(String text, String place) {
        boolean ofExploration() {
            return text.startsWith("explore");
        }
    }

    static Found read(String given) {
        if (given.startsWith(RunToken.PREFIX) || given.startsWith(ScheduleToken.PREFIX)) {
            return new Found(given, "<token>");
        }
        Path file = path(given);
        if (!Files.exists(file)) {
            if (OTHER_FORMAT.matcher(given).matches()) {
                throw BadInput.of("<token>", "'" + given.substring(0, given.indexOf(':')) + "' is another form of token than this dmalab has",
                        "replay it with the version of dmalab that printed it; this one has " + FORMS);
            }
            throw BadInput.of(given, "no such file, and not a token", "give a token, which starts with " + FORMS + ", or a file that holds one");
        }
        if (Files.isDirectory(file)) {
            throw BadInput.of(given, "is a directory", "give a file that holds a token or the JSON of a run");
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw BadInput.of(given, "is larger than 64 MiB", "give a file that holds a token or the JSON of a run");
            }
            String text = Files.readString(file).strip();
            return new Found(text.startsWith("{") ? fromJson(text, given) : text, given);
        } catch (CharacterCodingException e) {
            throw BadInput.of(given, "is not text", "give a file that holds a token or the JSON of a run");
        } catch (IOException e) {
            throw BadInput.of(given, "cannot be read (" + FileTrouble.cause(e) + ")", "check the file");
        }
    }

    private static Path path(String given) {
        try {
            return Path.of(given);
        } catch (InvalidPathException e) {
            throw BadInput.of("TOKEN|FILE", "neither a token nor a path (" + e.getReason() + ")", "give a token, which starts with " + FORMS);
        }
    }

    private static String fromJson(String text, String name) {
        try {
            JsonNode json = JsonMapper.shared().readTree(text);
            JsonNode first = json.at("/explorations/0/violations/0/replay");
            JsonNode replay = first.isMissingNode() ? json.path("replay") : first;
            if (replay.isString()) {
                return replay.stringValue();
            }
        } catch (JacksonException e) {
            throw BadInput.of(name, "is not JSON: " + e.getOriginalMessage(), "give what 'dmalab run --json' printed");
        }
        throw BadInput.of(name, "has no field \"replay\"", "give what 'dmalab run --json' printed");
    }
}
