package io.dmalab.core.trace;

import io.dmalab.api.kernel.EventLayout;
import io.dmalab.api.kernel.EventType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every declared layout by the names under which lines have it. */
final class KnownLayouts {
    private final Map<String, List<PayloadFormat>> byName = new LinkedHashMap<>();

    KnownLayouts(Collection<EventType> types) {
        for (EventType type : types) {
            for (EventLayout layout : type.layouts()) {
                PayloadFormat format = new PayloadFormat(type, layout);
                add(layout.name(), format);
                if (!type.isSynthetic()) {
                    add(format.event(), format);
                }
            }
        }
    }

    private void add(String name, PayloadFormat format) {
        byName.computeIfAbsent(name, key -> new ArrayList<>()).add(format);
    }

    /** Newest first; empty if no declaration has that name. @param name with or without subsystem */
    List<PayloadFormat> named(String name) {
        return byName.getOrDefault(name, List.of());
    }
}
