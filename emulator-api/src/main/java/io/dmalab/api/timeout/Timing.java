package io.dmalab.api.timeout;

import io.dmalab.api.kernel.KernelProfile;
import java.util.Optional;

/** What a {@link TimeoutSource} is asked about: a scenario with what was changed in it. */
public interface Timing {
    KernelProfile kernel();

    /** How long {@code msleep} takes on this kernel, shortest and longest. @param milliseconds asked for */
    Range msleep(long milliseconds);

    /** How long it takes until delayed work is run. @param milliseconds asked for */
    Range delayedWork(long milliseconds);

    /** Options of that type with which the scenario configures its policy, platform or a driver; the first, if several have such. */
    <T extends Record> Optional<T> options(Class<T> type);

    /** @param least and {@code most} nanoseconds */
    record Range(long least, long most) {}
}
