package io.dmalab.core.machine;

import io.dmalab.core.plugin.Registered;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Configured;
import java.util.Optional;

/**
 * An extension with the options it gets.
 *
 * @param options  its options record; empty if it has none
 * @param asked    where the user asked for it; empty if a plugin did
 */
record Part<T>(Registered<T> registered, Optional<Record> options, Optional<Configured> asked) {
    Class<? extends T> implementation() {
        return registered.extension().implementation();
    }

    /** The user cannot have it so. */
    BadInput refused(String why, String remedy) {
        String what = registered.id() + " " + why;
        return asked.map(place -> place.bad("", what, remedy)).orElseGet(() -> BadInput.of(registered.id(), why, remedy));
    }
}
