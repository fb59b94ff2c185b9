package io.dmalab.api.timeout;

import java.util.List;

/**
 * Says which waits a plugin's part of the machine has, for {@code dmalab timeouts}. An extension that needs no machine: it has a public
 * no-argument constructor. Figures come from the scenario's options and the kernel's constants, never from a run.
 */
@FunctionalInterface
public interface TimeoutSource {
    /** In the order in which they are shown, innermost first. Ids are unique among all sources. */
    List<Timeout> timeouts(Timing timing);
}
