package io.dmalab.core.life;

import io.dmalab.api.observe.FindingRecord;
import io.dmalab.api.observe.LifeRecord;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Counts the live streaming mappings of each device over a run, and notes the milestones. Every change is kept, nothing is sampled. */
public final class MappingTimeline implements Observer {
    /** A step of the removal. @param text what has happened @param by who did it, as {@link FindingRecord.Stack#task} has it for tasks */
    public record Milestone(long timeNanos, String text, String by) {}

    /** By the device's name in the scenario. */
    private final Map<String, MappingCount> counts = new LinkedHashMap<>();
    private final List<Milestone> milestones = new ArrayList<>();

    @Override
    public boolean wantsLives() {
        return true;
    }

    @Override
    public boolean wantsEvents() {
        return true;
    }

    @Override
    public void life(LifeRecord change, Supplier<List<String>> stack) {
        switch (change) {
            case LifeRecord.Mapped mapped when !mapped.coherent() -> of(mapped.alias()).change(mapped.timeNanos(), 1);
            case LifeRecord.Unmapped unmapped when !unmapped.coherent() -> of(unmapped.alias()).change(unmapped.timeNanos(), -1);
            case LifeRecord.StaleAccess stale ->
                milestones.add(new Milestone(stale.timeNanos(), "first access to the freed " + stale.type(), stale.by()));
            default -> { }
        }
    }

    @Override
    public void event(TraceRecord event) {
        event.type().milestone(event.values())
                .ifPresent(text -> milestones.add(new Milestone(event.timeNanos(), text, event.comm() + ":" + event.pid())));
    }

    /** The mappings of one device. @param alias its name in the scenario; a device without mappings has none at any time */
    public MappingCount of(String alias) {
        return counts.computeIfAbsent(alias, a -> new MappingCount());
    }

    /** Milestones from that virtual time on in order of time, each text at its first occurrence. */
    public List<Milestone> milestonesSince(long timeNanos) {
        Map<String, Milestone> first = new LinkedHashMap<>();
        milestones.stream().filter(m -> m.timeNanos() >= timeNanos).forEach(m -> first.putIfAbsent(m.text(), m));
        return first.values().stream().sorted(Comparator.comparingLong(Milestone::timeNanos)).toList();
    }
}
