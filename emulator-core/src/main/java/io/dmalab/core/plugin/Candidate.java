package io.dmalab.core.plugin;

import io.dmalab.api.ApiVersion;
import io.dmalab.api.EmulatorPlugin;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A plugin that was found, and what it says about itself; whether it can be used is open.
 *
 * @param where    name of its jar for a drop-in plugin, else file or folder
 * @param id       as it says it, perhaps null
 * @param requires ids of other plugins, sorted
 * @param builtFor empty if nothing says it
 */
record Candidate(EmulatorPlugin plugin, String where, boolean dropIn, String id, List<String> requires, Optional<ApiVersion> builtFor) {
    /**
     * The order in which plugins are taken, whatever order they are found in: installed ones by id, then drop-in ones by name of their
     * jar.
     */
    static final Comparator<Candidate> ORDER = Comparator.comparing(Candidate::dropIn)
            .thenComparing(candidate -> candidate.dropIn ? candidate.where : "")
            .thenComparing(candidate -> String.valueOf(candidate.id))
            .thenComparing(Candidate::where)
            .thenComparing(candidate -> candidate.plugin.getClass().getName());

    /** Asks the plugin, which may throw anything. */
    static Candidate of(EmulatorPlugin plugin, String where, boolean dropIn, Optional<ApiVersion> builtFor) {
        return new Candidate(plugin, where, dropIn, plugin.id(), plugin.requires().stream().distinct().sorted().toList(), builtFor);
    }
}
