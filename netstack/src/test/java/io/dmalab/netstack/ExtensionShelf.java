package io.dmalab.netstack;

import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.core.scenario.Configured;
import io.dmalab.core.scenario.ScenarioReader;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * What NetstackPlugin registers, and extensions made of it with options as on a command line, {@code ip-frag,timeout=1s}, or as in a
 * scenario, {@code { do: bond, slaves: [eth4, eth5] }}.
 */
public final class ExtensionShelf {
    private final List<Extension<?>> all = new ArrayList<>();

    public ExtensionShelf() {
        new NetstackPlugin().register(new Extensions() {
            @Override
            public <T> void add(Extension<T> extension) {
                all.add(extension);
            }

            @Override
            public <T> void provide(Class<T> api, Class<? extends T> implementation) {}
        });
    }

    public List<Extension<?>> all() {
        return all;
    }

    public <T> List<Extension<?>> of(Class<T> spi) {
        return all.stream().filter(extension -> extension.spi() == spi).toList();
    }

    /** @param parts objects that constructors ask for */
    public <T> T make(Class<T> spi, String spec, Object... parts) {
        Configured asked = spec.startsWith("{") ? step(spec) : Configured.parse(spec, "test");
        Extension<?> extension = of(spi).stream().filter(e -> e.id().equals(asked.id())).findFirst()
                .orElseThrow(() -> new NoSuchElementException("no " + spi.getSimpleName() + " " + asked.id()));
        Record options = asked.bind(extension.options(), List.of("at"));
        Constructor<?> constructor = extension.implementation().getConstructors()[0];
        Object[] arguments = Arrays.stream(constructor.getParameterTypes()).map(type -> argument(type, options, parts)).toArray();
        try {
            return spi.cast(constructor.newInstance(arguments));
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static Configured step(String spec) {
        String scenario = "scenario: test\ndevices: [ { name: eth4, driver: none } ]\nsteps: [ { at: 0s, " + spec.substring(1) + " ]\n";
        return ScenarioReader.read(scenario, "test").steps().getFirst().action();
    }

    private static Object argument(Class<?> type, Record options, Object[] parts) {
        if (type.isInstance(options)) {
            return options;
        }
        return Arrays.stream(parts).filter(type::isInstance).findFirst().orElseThrow(() -> new AssertionError("nothing of " + type));
    }
}
