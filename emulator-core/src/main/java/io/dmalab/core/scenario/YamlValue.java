package io.dmalab.core.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A value and its place.
 *
 * @param file name shown in messages
 */
record YamlValue(String file, Node node) {
    private static BadInput at(String file, Node node, String what, String remedy) {
        Mark mark = node.getStartMark().orElse(null);
        return mark == null ? BadInput.of(file, what, remedy) : BadInput.at(file, mark.getLine() + 1, mark.getColumn() + 1, what, remedy);
    }

    /** A scalar that stands in no file. */
    static YamlValue word(String name, String text) {
        return new YamlValue(name, new ScalarNode(Tag.STR, true, text, ScalarStyle.PLAIN, Optional.empty(), Optional.empty()));
    }

    BadInput bad(String what, String remedy) {
        return at(file, node, what, remedy);
    }

    /** A key that stands where this value stands, for a mapping that is put together anew. */
    YamlValue key(String name) {
        return new YamlValue(file, new ScalarNode(Tag.STR, true, name, ScalarStyle.PLAIN, node.getStartMark(), node.getEndMark()));
    }

    boolean isMap() {
        return node instanceof MappingNode;
    }

    /** A single value, neither a mapping nor a list. */
    boolean isPlain() {
        return node instanceof ScalarNode;
    }

    /** The text of a scalar. */
    String text() {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw bad("a single value is expected here, not a " + (isMap() ? "mapping" : "list"), "write 'key: value'");
    }

    /** The elements of a list; a single value counts as a list of one. */
    List<YamlValue> list() {
        if (node instanceof SequenceNode sequence) {
            List<YamlValue> values = new ArrayList<>();
            sequence.getValue().forEach(n -> values.add(new YamlValue(file, n)));
            return values;
        }
        return List.of(this);
    }

    YamlMap map() {
        if (!(node instanceof MappingNode mapping)) {
            throw bad("a mapping is expected here", "write 'key: value' lines, or { key: value, ... }");
        }
        YamlMap map = new YamlMap(this);
        for (NodeTuple tuple : mapping.getValue()) {
            map.put(new YamlValue(file, tuple.getKeyNode()), new YamlValue(file, tuple.getValueNode()));
        }
        return map;
    }
}
