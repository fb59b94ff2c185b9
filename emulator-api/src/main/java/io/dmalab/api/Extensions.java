package io.dmalab.api;

import io.dmalab.api.kernel.EventType;

/** Where a plugin registers what it offers. */
public interface Extensions {
    /**
     * Adds an extension.
     *
     * @throws IllegalArgumentException if this SPI already has an extension of that id; the message names both plugins
     */
    <T> void add(Extension<T> extension);

    /** Shorthand for an extension without options. */
    default <T> void add(Class<T> spi, String id, Class<? extends T> implementation, String summary) {
        add(Extension.of(spi, id, implementation, summary));
    }

    /**
     * Declares the plugin's trace events, so that traces which contain them can be read back. Those of the kernel's own package need no
     * declaration.
     */
    default void events(EventType... types) {}

    /**
     * Offers a machine-wide service to other plugins: whoever injects {@code api} gets the machine's one {@code implementation}.
     * The implementation bears {@link MachineScoped}.
     */
    <T> void provide(Class<T> api, Class<? extends T> implementation);
}
