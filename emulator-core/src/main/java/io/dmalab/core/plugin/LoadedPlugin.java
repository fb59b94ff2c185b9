package io.dmalab.core.plugin;

import io.dmalab.api.ApiVersion;
import io.dmalab.api.Extension;
import io.dmalab.api.kernel.EventType;
import java.util.List;
import java.util.Optional;

/**
 * A plugin that has registered its extensions.
 *
 * @param version    what the plugin says; the version of its module or jar where it says nothing; else {@code dev}
 * @param module     name of its module, {@code class path} if it is in none
 * @param location   file or folder it was loaded from, {@code jrt:...} inside a runtime image
 * @param requires   ids of the plugins it requires, sorted
 * @param builtFor   version of the API it was built for; empty if nothing says it
 * @param extensions in order of SPI and id
 * @param services   services it offers to other plugins
 * @param events     trace events it emits besides the kernel's
 * @param type       class of the plugin itself
 */
public record LoadedPlugin(String id, String version, String module, String location, String summary,
        List<String> requires, Optional<ApiVersion> builtFor,
        List<Extension<?>> extensions, List<Service<?>> services, List<EventType> events, Class<?> type) {
    public LoadedPlugin {
        requires = List.copyOf(requires);
        extensions = List.copyOf(extensions);
        services = List.copyOf(services);
        events = List.copyOf(events);
    }
}
