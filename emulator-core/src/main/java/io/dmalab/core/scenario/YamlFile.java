package io.dmalab.core.scenario;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** Reads one YAML document in which every value knows its place. Anchors, tags, deep nesting and several documents are refused. */
final class YamlFile {
    static final long MAX_BYTES = 1L << 20;

    private YamlFile() {}

    /** The text of a file. Its size is looked at before its contents, and no more than {@link #MAX_BYTES} are ever read. */
    static String text(Path file) {
        String name = file.toString();
        if (Files.isDirectory(file)) {
            throw BadInput.of(name, "is a directory", "name a scenario file");
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw tooLarge(name);
            }
            return decode(read(file, name));
        } catch (NoSuchFileException e) {
            throw BadInput.of(name, "no such file", "check the path, or see 'dmalab scenarios'");
        } catch (AccessDeniedException e) {
            throw BadInput.of(name, "may not be read", "check its permissions");
        } catch (CharacterCodingException e) {
            throw BadInput.of(name, "is not UTF-8 text", "name a scenario file");
        } catch (IOException e) {
            throw BadInput.of(name, "cannot be read (" + FileTrouble.cause(e) + ")", "name a scenario file");
        }
    }

    /** A pipe or a device tells no size, so the limit holds for what is read as well. */
    private static byte[] read(Path file, String name) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes((int) MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw tooLarge(name);
            }
            return bytes;
        }
    }

    private static BadInput tooLarge(String name) {
        return BadInput.of(name, "is larger than 1 MiB", "name a scenario file; scenarios are a page of YAML");
    }

    private static String decode(byte[] bytes) throws CharacterCodingException {
        String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /** As {@link #parse}, for text that was put together from a command line: its lines and columns mean nothing to the user. */
    static YamlMap parseArgument(String text, String name) {
        return new YamlValue(name, compose(text, name, false).getFirst()).map();
    }

    /** The document's root, a mapping. */
    static YamlMap parse(String text, String name) {
        if (text.isBlank()) {
            throw BadInput.at(name, 1, 1, "the file is empty", "a scenario begins with 'scenario: NAME'");
        }
        List<Node> documents = compose(text, name, true);
        if (documents.isEmpty()) {
            throw BadInput.at(name, 1, 1, "the file holds no value", "a scenario begins with 'scenario: NAME'");
        }
        if (documents.size() > 1) {
            throw new YamlValue(name, documents.get(1)).bad("a second document", "one file holds one scenario");
        }
        YamlValue root = new YamlValue(name, documents.getFirst());
        if (!(root.node() instanceof MappingNode)) {
            throw root.bad("a scenario is a mapping of keys to values", "it begins with 'scenario: NAME'");
        }
        return root.map();
    }

    private static List<Node> compose(String text, String name, boolean marks) {
        LoadSettings settings = LoadSettings.builder().setLabel(name).setAllowDuplicateKeys(true).setUseMarks(marks).build();
        List<Node> documents = new ArrayList<>();
        try {
            Parser parser = new PlainParser(new ParserImpl(settings, new StreamReader(settings, text)), name);
            new Composer(settings, parser).forEachRemaining(documents::add);
            return documents;
        } catch (MarkedYamlEngineException e) {
            if (!marks) {
                throw BadInput.of(name, "not YAML: " + e.getProblem(), "check colons, brackets and quotes");
            }
            Mark mark = e.getProblemMark().orElse(null);
            throw BadInput.at(name, mark == null ? 1 : mark.getLine() + 1, mark == null ? 1 : mark.getColumn() + 1,
                    "not YAML: " + e.getProblem(), "check indentation, colons and quotes here");
        } catch (YamlEngineException e) {
            throw BadInput.at(name, 1, 1, "not YAML: " + e.getMessage().lines().findFirst().orElse(""), "check the file");
        }
    }
}
