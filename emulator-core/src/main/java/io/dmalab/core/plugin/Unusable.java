package io.dmalab.core.plugin;

/** Says why a plugin or its jar cannot be used. */
final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;
    private final String remedy;

    Unusable(String message, String remedy, Throwable cause) {
        super(message, cause);
        this.remedy = remedy;
    }

    String remedy() {
        return remedy;
    }
}
