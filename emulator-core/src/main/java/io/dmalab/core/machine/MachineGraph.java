package io.dmalab.core.machine;

import com.google.inject.Key;
import com.google.inject.ProvisionException;
import io.dmalab.api.Components;
import io.dmalab.api.device.Platform;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.machine.Recipes.Recipe;
import io.dmalab.core.random.Streams;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Options;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The objects of one machine. Objects are made while the graph is entered, on whatever thread carries the machine at that moment; nothing
 * of it is kept in a thread.
 */
final class MachineGraph implements Components {
    /** Which graph is being worked on: a key, not state. */
    private static final ScopedValue<MachineGraph> CURRENT = ScopedValue.newInstance();

    /** As many as a machine usually has. */
    private static final int OBJECTS = 64;

    private final Injection injection;
    private final Blueprint blueprint;
    private final SimKernel kernel;
    private final Streams streams;
    private final Map<Key<?>, Object> objects = LinkedHashMap.newLinkedHashMap(OBJECTS);
    /** Options of extensions of which a machine has one: whoever helps them may inject these too. */
    private final Map<Class<?>, Record> shared = new LinkedHashMap<>();
    /** Options of the extension that is being made. */
    private Record own;

    MachineGraph(Injection injection, Blueprint blueprint, SimKernel kernel, Streams streams) {
        this.injection = injection;
        this.blueprint = blueprint;
        this.kernel = kernel;
        this.streams = streams;
        share(blueprint.policy());
        share(blueprint.platform());
    }

    private void share(Part<?> part) {
        part.options().ifPresent(record -> shared.put(record.getClass(), record));
    }

    static MachineGraph current() {
        if (!CURRENT.isBound()) {
            throw new IllegalStateException("no machine is being built here; inject the object itself, not a Provider, or use Components");
        }
        return CURRENT.get();
    }

    Blueprint blueprint() {
        return blueprint;
    }

    SimKernel kernel() {
        return kernel;
    }

    Streams streams() {
        return streams;
    }

    /** The machine's one object of that key. */
    Object object(Key<?> key, Recipe recipe) {
        Object known = objects.get(key);
        if (known != null) {
            return known;
        }
        Object made = recipe.make(this);
        objects.put(key, made);
        return made;
    }

    /** An object of that type, while the graph is entered. */
    <T> T make(Class<T> type) {
        return injection.make(type, this);
    }

    /** Options for a constructor that asks for them. */
    <O extends Record> O options(Class<O> type) {
        if (type.isInstance(own)) {
            return type.cast(own);
        }
        Record record = shared.get(type);
        if (record == null) {
            throw new IllegalStateException(type.getName() + " can be injected into the extension it belongs to only");
        }
        return type.cast(record);
    }

    /** An object of the machine by its type. Whatever keeps it from being made comes out as it was thrown. */
    <T> T get(Class<T> type) {
        try {
            return instance(type);
        } catch (ProvisionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        }
    }

    private <T> T instance(Class<T> type) {
        // what makes others while it is made itself has entered it already
        boolean entered = CURRENT.isBound() && CURRENT.get() == this;
        return entered ? make(type) : ScopedValue.where(CURRENT, this).call(() -> make(type));
    }

    @Override
    public <T> T create(Class<T> spi, String id) {
        return create(named(spi, id));
    }

    /** Ids that are options of the platform come from the user: one that cannot be is bad input, shown where it is given. */
    private <T> Part<T> named(Class<T> spi, String id) {
        try {
            return blueprint.byDefault(spi, id);
        } catch (IllegalArgumentException wrong) {
            Part<Platform> platform = blueprint.platform();
            String option = platform.options().flatMap(record -> Options.nameOf(record, id)).orElse("");
            throw platform.asked().<RuntimeException>map(asked -> asked.bad(option, wrong.getMessage(), "use one of these")).orElse(wrong);
        }
    }

    /**
     * A new instance of an extension with its options.
     *
     * @throws BadInput        if its constructor refuses what the user asked for with an IllegalArgumentException
     * @throws ExtensionFailure if it cannot be made for another reason
     */
    <T> T create(Part<T> part) {
        Record outer = own;
        own = part.options().orElse(null);
        try {
            return instance(part.implementation());
        } catch (ProvisionException e) {
            throw failure(part, e);
        } finally {
            own = outer;
        }
    }

    private static RuntimeException failure(Part<?> part, ProvisionException e) {
        Throwable cause = Optional.ofNullable(e.getCause()).orElse(e);
        switch (cause) {
            case BadInput bad -> throw bad;
            case ExtensionFailure inner -> throw inner;
            case Error error -> throw error;
            case IllegalArgumentException refused when part.asked().isPresent() ->
                throw part.refused("refuses this: " + refused.getMessage(), "change its options");
            default -> throw new ExtensionFailure(part.registered(), cause);
        }
    }
}
