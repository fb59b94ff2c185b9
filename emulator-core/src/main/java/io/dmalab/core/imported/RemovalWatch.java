package io.dmalab.core.imported;

import io.dmalab.api.recorded.Meaning.DeviceTaken;
import io.dmalab.api.recorded.Meaning.PoolChecked;
import io.dmalab.api.recorded.Meaning.PoolDestroyed;
import io.dmalab.core.imported.RecordedRemoval.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;

/**
 * Finds the removal of a device in a trace. The task that takes a device away first lets its driver go: the removal begins where that
 * task's activity does, after a pause of {@value #PAUSE_NANOS} ns or more.
 */
final class RemovalWatch {
    private static final long PAUSE_NANOS = 1_000_000_000L;
    /** Steps of one task that are further apart belong to different removals: longer than any policy waits. */
    private static final long NEXT_NANOS = 600_000_000_000L;
    private static final int TASKS_MAX = 4_096;
    private static final int REMOVALS_MAX = 1_000;
    private static final int POOLS_MAX = 10_000;

    /** When a task became active, and what lived then. */
    private static final class Activity {
        private long begin;
        private long last;
        private long[] live;
    }

    /** A page_pool that has been destroyed. */
    private static final class Pool {
        private final Draft by;
        private long inFlight;
        /** When it became complete; -1 if it is not, or was when it was destroyed. */
        private long home = -1;

        Pool(Draft by, long inFlight) {
            this.by = by;
            this.inFlight = inFlight;
        }

        boolean isComplete() {
            return inFlight <= 0;
        }
    }

    private static final class Draft {
        private final String task;
        private final long begin;
        private final long[] liveAtBegin;
        private String device = "";
        /** Those that had been destroyed when the driver had let go. */
        private List<Pool> pools = List.of();
        private long inFlight;
        private final List<Step> steps = new ArrayList<>();
        private long last;
        private long letGo = -1;
        private long[] liveAtLetGo = {};

        Draft(String task, Activity activity) {
            this.task = task;
            this.begin = activity.begin;
            this.liveAtBegin = activity.live;
        }

        long concerned() {
            return Arrays.stream(liveAtBegin).sum();
        }

        boolean isCertain() {
            return !steps.isEmpty() && concerned() > 0;
        }

        boolean hasPagesInFlight() {
            return inFlight > 0;
        }

        boolean hasPools() {
            return pools.stream().anyMatch(pool -> pool.by == this);
        }

        RecordedRemoval finished() {
            return new RecordedRemoval(isCertain(), task, device, begin, list(liveAtBegin), letGo, list(liveAtLetGo), pools.size(), inFlight,
                    (int) pools.stream().filter(Pool::isComplete).count(),
                    pools.stream().mapToLong(pool -> pool.home).filter(home -> home >= 0).max(), steps);
        }

        private static List<Long> list(long[] values) {
            return Arrays.stream(values).boxed().toList();
        }
    }

    private final Supplier<long[]> live;
    private final SequencedMap<Integer, Activity> tasks = new LinkedHashMap<>();
    private final List<Draft> drafts = new ArrayList<>();
    /** Destroyed and not complete, or destroyed by a task that has not let go of everything yet. */
    private final SequencedMap<Long, Pool> pools = new LinkedHashMap<>();

    RemovalWatch(Supplier<long[]> live) {
        this.live = live;
    }

    /** Before an event is interpreted. */
    void sees(int pid, long time) {
        Activity activity = tasks.get(pid);
        if (activity == null) {
            if (tasks.size() == TASKS_MAX) {
                tasks.pollFirstEntry();
            }
            activity = new Activity();
            activity.last = Long.MIN_VALUE / 2;
            tasks.put(pid, activity);
        }
        if (time - activity.last > PAUSE_NANOS) {
            activity.begin = time;
            activity.live = live.get();
        }
        activity.last = time;
    }

    void destroyed(PoolDestroyed event, String task, int pid, long time) {
        Draft draft = draft(task, pid, time);
        if (pools.size() == POOLS_MAX) {
            pools.pollFirstEntry();
        }
        pools.put(event.pool(), new Pool(draft, event.inFlight()));
        if (draft.steps.isEmpty()) {
            letGo(draft, time);
        }
    }

    void checked(PoolChecked event, long time) {
        Pool pool = pools.get(event.pool());
        if (pool == null) {
            return;
        }
        pool.inFlight = event.inFlight();
        if (pool.isComplete()) {
            pool.home = time;
            pools.remove(event.pool());
        }
    }

    void taken(DeviceTaken event, String task, int pid, long time) {
        Draft draft = draft(task, pid, time);
        draft.device = draft.device.isEmpty() ? event.device() : draft.device;
        if (draft.letGo < 0) {
            letGo(draft, time);
        }
        if (draft.steps.size() < RecordedRemoval.STEPS_MAX) {
            draft.steps.add(new Step(time, event.step()));
        }
    }

    private void letGo(Draft draft, long time) {
        draft.letGo = time;
        draft.liveAtLetGo = live.get();
        draft.pools = pools.values().stream().filter(pool -> pool.by == draft || !pool.isComplete()).toList();
        draft.inFlight = draft.pools.stream().mapToLong(pool -> Math.max(0, pool.inFlight)).sum();
    }

    private Draft draft(String task, int pid, long time) {
        for (Draft draft : drafts.reversed()) {
            if (draft.task.equals(task) && time - draft.last < NEXT_NANOS) {
                draft.last = time;
                return draft;
            }
        }
        Draft draft = new Draft(task, tasks.get(pid));
        draft.last = time;
        if (drafts.size() == REMOVALS_MAX) {
            drafts.removeFirst();
        }
        drafts.add(draft);
        return draft;
    }

    /** How many a trace shows for certain: a window that is given up when nothing is mapped is none. */
    int certain() {
        return (int) drafts.stream().filter(Draft::isCertain).count();
    }

    /**
     * Of the certain ones that which a driver was let go for, that with most steps, that which concerned most: a window may be given up for
     * another one, too. If none is certain, the last time that page_pools with pages out were destroyed.
     */
    Optional<RecordedRemoval> found() {
        Optional<Draft> certain = drafts.stream().filter(Draft::isCertain).max(Comparator.comparing(Draft::hasPools)
                .thenComparing(d -> d.steps.size()).thenComparing(Draft::concerned));
        return certain.or(() -> drafts.reversed().stream().filter(Draft::hasPagesInFlight).findFirst()).map(Draft::finished);
    }
}
