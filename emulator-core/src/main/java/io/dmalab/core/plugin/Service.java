package io.dmalab.core.plugin;

import org.apiguardian.api.API;

/** A machine-wide service that a plugin offers to others. */
@API(status = API.Status.INTERNAL, since = "0.1")
public record Service<T>(Class<T> api, Class<? extends T> implementation) {}
