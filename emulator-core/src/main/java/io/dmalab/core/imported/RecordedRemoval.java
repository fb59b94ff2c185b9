package io.dmalab.core.imported;

import java.util.List;
import java.util.OptionalLong;

/**
 * The removal of a device, as a trace shows it. Times are nanoseconds of the trace's clock.
 *
 * @param certain      a step was seen that only a removal takes; otherwise page_pools were destroyed, as a reconfiguration does, too
 * @param task         who did it, {@code drmgr-1009}
 * @param device       what was removed; empty if no event says
 * @param begin        when the task began
 * @param liveAtBegin  of each population of the recording, how many lived then
 * @param letGo        when the driver had let go of everything: its last page_pool was destroyed; without those, the first step
 * @param liveAtLetGo  of each population of the recording, how many lived then
 * @param pools        page_pools that this task has destroyed, and those which others had destroyed before and which had pages out then
 * @param inFlight     pages that were still out of them: the page_pools' own count, as it was looked at last
 * @param poolsEmptied how many of the pools were complete by the end of the recording
 * @param lastHome     when the last of those that had pages out became complete
 * @param steps        what was done, in order; at most {@value #STEPS_MAX}
 */
public record RecordedRemoval(boolean certain, String task, String device, long begin, List<Long> liveAtBegin, long letGo,
        List<Long> liveAtLetGo, int pools, long inFlight, int poolsEmptied, OptionalLong lastHome, List<Step> steps) {
    static final int STEPS_MAX = 20;

    public RecordedRemoval {
        liveAtBegin = List.copyOf(liveAtBegin);
        liveAtLetGo = List.copyOf(liveAtLetGo);
        steps = List.copyOf(steps);
    }

    /** @param time nanoseconds of the trace's clock */
    public record Step(long time, String what) {}

    /** How many of a population lived when the removal began. @param population its index in the recording */
    public long liveAtBegin(int population) {
        return population < liveAtBegin.size() ? liveAtBegin.get(population) : 0;
    }

    /** How many of a population lived when the driver had let go. @param population its index in the recording */
    public long liveAtLetGo(int population) {
        return population < liveAtLetGo.size() ? liveAtLetGo.get(population) : 0;
    }
}
