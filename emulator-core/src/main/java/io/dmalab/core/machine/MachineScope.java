package io.dmalab.core.machine;

import com.google.inject.Key;
import com.google.inject.Provider;
import com.google.inject.Scope;

/**
 * The scope of {@link io.dmalab.api.MachineScoped}: one object for each machine, made on first use, looked up in the machine whose objects
 * are being made.
 */
final class MachineScope implements Scope {
    @Override
    public <T> Provider<T> scope(Key<T> key, Provider<T> creator) {
        return () -> {
            @SuppressWarnings("unchecked") // made by that key's creator, here or as its recipe says
            T one = (T) MachineGraph.current().object(key, graph -> creator.get());
            return one;
        };
    }

    @Override
    public String toString() {
        return "machine scope";
    }
}
