package io.dmalab.core.machine;

import io.dmalab.core.plugin.Registered;

/** A plugin's extension cannot be made: a defect of the plugin. */
public final class ExtensionFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ExtensionFailure(Registered<?> extension, Throwable cause) {
        super(extension + " (" + extension.extension().implementation().getName() + ") cannot be made: " + cause, cause);
    }
}
