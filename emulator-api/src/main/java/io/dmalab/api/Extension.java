package io.dmalab.api;

import java.util.List;
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
 * @param platforms      ids of the platforms it works on, of one that a user lets the platform make, such as an IOMMU backend: on another
 *                       platform it is refused, where the user asks for it; empty if it works on any
 */
public record Extension<T>(
        Class<T> spi,
        String id,
        Class<? extends T> implementation,
        Optional<Class<? extends Record>> options,
        String summary,
        String description,
        List<String> platforms) {

    public Extension {
        Objects.requireNonNull(spi, "spi");
        Objects.requireNonNull(implementation, "implementation");
        if (!id.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
            throw new IllegalArgumentException("extension id '" + id + "' is not kebab-case");
        }
        platforms = List.copyOf(platforms);
    }

    public static <T> Extension<T> of(Class<T> spi, String id, Class<? extends T> implementation, String summary) {
        return new Extension<>(spi, id, implementation, Optional.empty(), summary, "", List.of());
    }

    public Extension<T> options(Class<? extends Record> record) {
        return new Extension<>(spi, id, implementation, Optional.of(record), summary, description, platforms);
    }

    public Extension<T> description(String text) {
        return new Extension<>(spi, id, implementation, options, summary, text, platforms);
    }

    /** It works on these platforms only. @param ids of extensions of {@link io.dmalab.api.device.Platform} */
    public Extension<T> platforms(String... ids) {
        return new Extension<>(spi, id, implementation, options, summary, description, List.of(ids));
    }

    public boolean worksOn(String platform) {
        return platforms.isEmpty() || platforms.contains(platform);
    }
}
