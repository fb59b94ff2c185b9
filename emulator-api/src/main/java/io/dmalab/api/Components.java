package io.dmalab.api;

/** Creates extensions by id inside a machine, for plugins that let the user choose a part of theirs. */
public interface Components {
    /**
     * A new instance with default options.
     *
     * @throws IllegalArgumentException if there is none of that id; the message lists those there are
     */
    <T> T create(Class<T> spi, String id);
}
