package io.dmalab.api.guest;

import java.nio.file.Path;

/**
 * Holds a platform's guest code against what a real kernel did: the recording of a run becomes a scenario whose machine is the recorded
 * one, and whose one step makes the guest do again what the kernel was asked to do. What came of it is told by {@link GuestEvents}.
 */
@FunctionalInterface
public interface GuestConformance {
    /**
     * The scenario of a recording, as YAML. Needs no machine.
     *
     * @throws BadRecording if it is no recording of a guest
     */
    String scenario(Path recording);
}
