package io.dmalab.api.profile;

import java.util.List;

/**
 * A profile in words.
 *
 * @param id         what scenarios and command lines say, unique among all sets
 * @param summary    one line for lists
 * @param properties in the order in which they are shown; every profile of a set has the same names in the same order
 */
public record Profile(String id, String summary, List<Property> properties) {
    public Profile {
        properties = List.copyOf(properties);
    }
}
