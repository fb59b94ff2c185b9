package io.dmalab.core.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apiguardian.api.API;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Another value of something in a scenario's file, named by the way to it: {@code hz}, {@code memory.ram},
 * {@code devices[0].driver.channels}, {@code devices[eth4].traffic.rate}.
 *
 * @param path  keys with dots between them; an element of a list by its number from 0, or by its name where it has one
 * @param value as the file would have it
 */
@API(status = API.Status.INTERNAL, since = "0.1")
public record Setting(String path, String value) {
    private static final Pattern STEP = Pattern.compile("([A-Za-z0-9_-]+)(?:\\[([^\\[\\]]+)])?");

    /** {@code KEY=VALUE}. @param place e.g. {@code --set} */
    public static Setting parse(String text, String place) {
        int equals = text.indexOf('=');
        if (equals < 1 || equals == text.length() - 1) {
            throw BadInput.of(place, BadInput.quote(text) + " is not of the form KEY=VALUE",
                    "write e.g. hz=1000, or devices[0].driver.channels=8");
        }
        return new Setting(text.substring(0, equals).strip(), text.substring(equals + 1).strip());
    }

    /** The scenario with this value in its place. Whether a key that is not there is a good one shows when the scenario is read. */
    YamlMap in(YamlValue root) {
        if (value.contains("\n") || value.length() > 1000) {
            throw BadInput.of(toString(), "a value is one line of at most 1000 characters", "shorten it");
        }
        YamlValue fresh = YamlFile.parseArgument("value: " + value, toString()).require("value");
        return new YamlValue(root.file(), put(root.node(), steps(), 0, fresh.node())).map();
    }

    /** Keys, and elements of lists with a leading '['. */
    private List<String> steps() {
        List<String> steps = new ArrayList<>();
        for (String part : path.split("\\.", -1)) {
            Matcher matcher = STEP.matcher(part);
            if (!matcher.matches()) {
                throw BadInput.of(toString(), BadInput.quote(part) + " is no key", "write e.g. devices[0].driver.channels");
            }
            steps.add(matcher.group(1));
            Optional.ofNullable(matcher.group(2)).ifPresent(element -> steps.add("[" + element));
        }
        return steps;
    }

    private Node put(Node node, List<String> steps, int at, Node fresh) {
        if (at == steps.size()) {
            return fresh;
        }
        String step = steps.get(at);
        return step.startsWith("[") ? element(node, step.substring(1), steps, at, fresh) : entry(node, step, steps, at, fresh);
    }

    private Node element(Node node, String which, List<String> steps, int at, Node fresh) {
        if (!(node instanceof SequenceNode list)) {
            throw BadInput.of(toString(), "'" + steps.get(at - 1) + "' is not a list in the scenario", "leave out [" + which + "]");
        }
        int index = -1;
        for (int i = 0; i < list.getValue().size(); i++) {
            if (which.equals(Integer.toString(i)) || name(list.getValue().get(i)).filter(which::equals).isPresent()) {
                index = i;
            }
        }
        if (index < 0) {
            throw BadInput.of(toString(), "'" + steps.get(at - 1) + "' has no element '" + which + "'",
                    String.format(Locale.ROOT, "it has %d, counted from 0", list.getValue().size()));
        }
        List<Node> elements = new ArrayList<>(list.getValue());
        elements.set(index, put(elements.get(index), steps, at + 1, fresh));
        return new SequenceNode(list.getTag(), true, elements, list.getFlowStyle(), list.getStartMark(), list.getEndMark());
    }

    private static Optional<String> name(Node element) {
        return element instanceof MappingNode map
                ? map.getValue().stream().filter(t -> t.getKeyNode() instanceof ScalarNode key && key.getValue().equals("name"))
                        .map(NodeTuple::getValueNode).filter(ScalarNode.class::isInstance).map(n -> ((ScalarNode) n).getValue()).findFirst()
                : Optional.empty();
    }

    private Node entry(Node node, String key, List<String> steps, int at, Node fresh) {
        List<NodeTuple> entries = new ArrayList<>();
        MappingNode map;
        switch (node) {
            case MappingNode mapping -> {
                map = mapping;
                entries.addAll(mapping.getValue());
            }
            case ScalarNode id when at > 0 && !steps.get(at - 1).startsWith("[") -> {
                // 'driver: mlx' is short for 'driver: { id: mlx }'
                map = emptyMap();
                entries.add(new NodeTuple(YamlValue.word(toString(), "id").node(), id));
            }
            default -> throw BadInput.of(toString(), at == 0 ? "the scenario is no mapping" : "'" + steps.get(at - 1).replace("[", "")
                    + "' has no keys in the scenario", "see 'dmalab scenarios show NAME'");
        }
        for (int i = 0; i < entries.size(); i++) {
            NodeTuple tuple = entries.get(i);
            if (tuple.getKeyNode() instanceof ScalarNode scalar && scalar.getValue().equals(key)) {
                entries.set(i, new NodeTuple(tuple.getKeyNode(), put(tuple.getValueNode(), steps, at + 1, fresh)));
                return copy(map, entries);
            }
        }
        if (at + 1 < steps.size() && steps.get(at + 1).startsWith("[")) {
            throw BadInput.of(toString(), "the scenario has no list '" + key + "'", "see 'dmalab scenarios show NAME'");
        }
        Node inner = at + 1 == steps.size() ? fresh : put(emptyMap(), steps, at + 1, fresh);
        entries.add(new NodeTuple(YamlValue.word(toString(), key).node(), inner));
        return copy(map, entries);
    }

    private static MappingNode emptyMap() {
        return new MappingNode(Tag.MAP, List.of(), FlowStyle.FLOW);
    }

    private static Node copy(MappingNode map, List<NodeTuple> entries) {
        return new MappingNode(map.getTag(), true, entries, map.getFlowStyle(), map.getStartMark(), map.getEndMark());
    }

    /** As the command line has it. */
    @Override
    public String toString() {
        return path + "=" + value;
    }
}
