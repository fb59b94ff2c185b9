package io.dmalab.core.scenario;

import java.util.Optional;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.parser.Parser;

/**
 * Refuses what a scenario never needs before a tree is built of it: the builder of the tree is recursive, so deep nesting would end its
 * stack, and aliases multiply what they stand for.
 */
final class PlainParser implements Parser {
    private static final int MAX_DEPTH = 32;

    private final Parser parser;
    private final String file;
    private Event checked;
    private int depth;

    PlainParser(Parser parser, String file) {
        this.parser = parser;
        this.file = file;
    }

    @Override
    public boolean hasNext() {
        return parser.hasNext();
    }

    @Override
    public boolean checkEvent(Event.ID choice) {
        return parser.checkEvent(choice);
    }

    @Override
    public Event peekEvent() {
        Event event = parser.peekEvent();
        if (event != checked && event != null) {
            checked = event;
            check(event);
        }
        return event;
    }

    @Override
    public Event next() {
        peekEvent();
        return parser.next();
    }

    private void check(Event event) {
        if (event instanceof AliasEvent || event instanceof NodeEvent node && node.getAnchor().isPresent()) {
            throw at(event, "anchors and aliases are not supported", "write the value out");
        }
        tag(event).ifPresent(tag -> {
            throw at(event, "tags are not supported", "remove '" + tag + "'");
        });
        if (event instanceof CollectionStartEvent && ++depth > MAX_DEPTH) {
            throw at(event, "nested more than " + MAX_DEPTH + " deep", "scenarios are flat; check the brackets");
        }
        if (event instanceof CollectionEndEvent) {
            depth--;
        }
    }

    private static Optional<String> tag(Event event) {
        return switch (event) {
            case ScalarEvent scalar -> scalar.getTag();
            case CollectionStartEvent start -> start.getTag();
            default -> Optional.empty();
        };
    }

    private BadInput at(Event event, String what, String remedy) {
        Optional<Mark> mark = event.getStartMark();
        return mark.isEmpty() ? BadInput.of(file, what, remedy)
                : BadInput.at(file, mark.get().getLine() + 1, mark.get().getColumn() + 1, what, remedy);
    }
}
