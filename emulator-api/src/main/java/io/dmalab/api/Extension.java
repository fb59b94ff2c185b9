package io.dmalab.api;

import java.util.Objects;
import java.util.Optional;

/**
 * One named implementation of an SPI.
 *
 * @param spi            the SPI interface
 * @param id             unique among the extensions of this SPI; what scenarios and command lines say
 * @param implementation class with one {@code jakarta.inject} constructor (or a public no-argument one); instantiated for each use in
 *                       a machine. It may inject {@link io.dmalab.api.kernel.Kernel}, any service of the machine, {@link MachineScoped} classes of
 *                       plugins it requires, and its own options record
 * @param options        record whose components bear {@link io.dmalab.api.config.Option}; empty when there is nothing to set
 * @param summary        one line for lists, without a full stop
 * @param description    further text for {@code show}: mechanism, origin, cost, failure modes; may be empty
 */
public record Extension<T>(
        Class<T> spi,
        String id,
        Class<? extends T> implementation,
        Optional<Class<? extends Record>> options,
        String summary,
        String description) {

    public Extension {
        Objects.requireNonNull(spi, "spi");
        Objects.requireNonNull(implementation, "implementation");
        if (!id.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
            throw new IllegalArgumentException("extension id '" + id + "' is not kebab-case");
        }
    }

    public static <T> Extension<T> of(Class<T> spi, String id, Class<? extends T> implementation, String summary) {
        return new Extension<>(spi, id, implementation, Optional.empty(), summary, "");
    }

    public Extension<T> options(Class<? extends Record> record) {
        return new Extension<>(spi, id, implementation, Optional.of(record), summary, description);
    }

    public Extension<T> description(String text) {
        return new Extension<>(spi, id, implementation, options, summary, text);
    }
}
