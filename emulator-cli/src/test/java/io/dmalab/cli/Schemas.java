package io.dmalab.cli;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.json.JsonMapper;

/** Holds documents against JSON Schemas. */
final class Schemas {
    private static final Path DOCS = Path.of(System.getProperty("basedir", "."), "../docs/schema");

    private Schemas() {}

    /** A schema of docs/schema. */
    static Schema ofOutput(String kind) {
        try {
            return of(Files.readString(DOCS.resolve(kind + ".json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Schema of(String text) {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7).getSchema(text, InputFormat.JSON);
    }

    /** What is wrong with a document, one line each. */
    static List<String> errors(Schema schema, String json) {
        return schema.validate(json, InputFormat.JSON).stream().map(Error::toString).toList();
    }

    /** YAML as an editor reads it: with the types of YAML 1.2. */
    static String toJson(String yaml) {
        return JsonMapper.shared().writeValueAsString(new Load(LoadSettings.builder().build()).loadFromString(yaml));
    }
}
