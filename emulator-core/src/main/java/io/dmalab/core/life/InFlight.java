package io.dmalab.core.life;

import io.dmalab.api.observe.LifeRecord;
import io.dmalab.api.observe.Observer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** What is mapped at one moment of a run, by holder. */
public final class InFlight implements Observer {
    /**
     * What one holder has. A mapping whose page several have counts with each of them.
     *
     * @param shared      how many of the pages others have too
     * @param holder      who, and why
     * @param streaming   made by dma_map_page and its like; else coherent memory
     * @param oldestNanos virtual time at which the oldest of the mappings was made
     * @param pages       frame numbers, oldest mapping first
     */
    public record Holding(String holder, boolean streaming, long oldestNanos, int shared, List<Integer> pages) {
        public Holding {
            pages = List.copyOf(pages);
        }
    }

    private static final List<String> FREE = List.of("nobody: the page is free");
    private static final List<String> NOBODY = List.of("nobody");

    private final long momentNanos;
    /** By device and address: a device that is mapped directly gives one page the same address each time. */
    private final Map<String, Deque<LifeRecord.Mapped>> live = new LinkedHashMap<>();
    private final Map<Integer, List<String>> holders = new TreeMap<>();
    private List<Holding> holdings;
    private int mappings;

    private record Group(String holder, boolean streaming) {}

    /** @param momentNanos virtual time; after the end of the run it is the end */
    public InFlight(long momentNanos) {
        this.momentNanos = momentNanos;
    }

    @Override
    public boolean wantsLives() {
        return true;
    }

    @Override
    public void life(LifeRecord change, Supplier<List<String>> stack) {
        if (holdings != null) {
            return;
        }
        if (change.timeNanos() > momentNanos) {
            holdings = byHolder();
            return;
        }
        switch (change) {
            case LifeRecord.Mapped mapped ->
                live.computeIfAbsent(mapped.device() + " " + mapped.address(), key -> new ArrayDeque<>()).add(mapped);
            case LifeRecord.Unmapped unmapped -> live.computeIfPresent(unmapped.device() + " " + unmapped.address(), (key, there) -> {
                there.removeLast();
                return there.isEmpty() ? null : there;
            });
            case LifeRecord.Held held -> holders.put(held.page(), held.holders());
            case LifeRecord.PageFreed freed -> holders.put(freed.page(), FREE);
            default -> { }
        }
    }

    @Override
    public void end() {
        if (holdings == null) {
            holdings = byHolder();
        }
    }

    private List<Holding> byHolder() {
        List<LifeRecord.Mapped> oldestFirst = live.values().stream().flatMap(Deque::stream)
                .sorted(Comparator.comparingLong(LifeRecord.Mapped::timeNanos).thenComparingInt(LifeRecord.Mapped::page)).toList();
        mappings = oldestFirst.size();
        Map<Group, List<LifeRecord.Mapped>> groups = new LinkedHashMap<>();
        for (LifeRecord.Mapped mapped : oldestFirst) {
            for (String holder : of(mapped.page())) {
                groups.computeIfAbsent(new Group(holder, !mapped.coherent()), key -> new ArrayList<>()).add(mapped);
            }
        }
        return groups.entrySet().stream().map(entry -> holding(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparing(Holding::streaming).reversed().thenComparing(h -> -h.pages().size())
                        .thenComparing(Holding::holder)).toList();
    }

    private Holding holding(Group group, List<LifeRecord.Mapped> mapped) {
        int shared = (int) mapped.stream().filter(m -> of(m.page()).size() > 1).count();
        return new Holding(group.holder(), group.streaming(), mapped.getFirst().timeNanos(), shared,
                mapped.stream().map(LifeRecord.Mapped::page).toList());
    }

    private List<String> of(int page) {
        return holders.getOrDefault(page, NOBODY);
    }

    /** After the run: mappings that were live, each counted once. */
    public int mappings() {
        return mappings;
    }

    public long momentNanos() {
        return momentNanos;
    }

    /** After the run: streaming mappings first, those with the most pages first. */
    public List<Holding> holdings() {
        return holdings == null ? List.of() : holdings;
    }
}
