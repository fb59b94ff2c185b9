package io.dmalab.core.plugin;

import io.dmalab.api.Extension;

/** An extension and the plugin it comes from. */
public record Registered<T>(String pluginId, Extension<T> extension) {
    public String id() {
        return extension.id();
    }

    /** As messages name it: {@code BufferHolder 'ip-frag' of plugin netstack}. */
    @Override
    public String toString() {
        return extension.spi().getSimpleName() + " '" + extension.id() + "' of plugin " + pluginId;
    }
}
