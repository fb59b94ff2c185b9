package io.dmalab.core.plugin;

/** A machine-wide service that a plugin offers to others. */
public record Service<T>(Class<T> api, Class<? extends T> implementation) {}
