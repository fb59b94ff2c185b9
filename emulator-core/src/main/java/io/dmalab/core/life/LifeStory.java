package io.dmalab.core.life;

import io.dmalab.api.observe.LifeRecord;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Writes down what happened to one mapping, page or kernel object in a run: who made it, whose hands it went through, who ended it and
 * after
 * what. Steps of the removal that fall into its life stand between.
 */
public final class LifeStory implements Observer {
    /**
     * Something that happened.
     *
     * @param what  one clause
     * @param by    who did it; empty for a step of the removal
     * @param stack call stack, innermost first, where it tells something; else empty
     * @param times how often, if that was the same over and over; else 1
     */
    public record Entry(long timeNanos, Kind kind, String what, String by, List<String> stack, int times) {
        public Entry {
            stack = List.copyOf(stack);
        }
    }

    /** What sort of thing happened. */
    public enum Kind { BORN, NAMED, HANDED, ENDED, STALE, STEP }

    private final Subject subject;
    private final List<Entry> entries = new ArrayList<>();
    private final Known known = new Known();
    /** Pages that are followed. */
    private final Map<Integer, Hands> followed = new TreeMap<>();
    /** Addresses of objects that are followed. */
    private final TreeSet<Long> objects = new TreeSet<>();
    private final Map<Integer, List<String>> holders = new TreeMap<>();
    private final Map<Long, Entry> births = new LinkedHashMap<>();
    private int alive;
    /** The subject's mapping has just been ended: what freed object is touched now, is touched for it. */
    private boolean ending;

    public LifeStory(Subject subject) {
        this.subject = subject;
        if (subject instanceof Subject.Page page) {
            followed.put(page.number(), new Hands());
        }
    }

    @Override
    public boolean wantsLives() {
        return true;
    }

    @Override
    public boolean wantsEvents() {
        return true;
    }

    @Override
    public void event(TraceRecord event) {
        if (alive > 0) {
            event.type().milestone(event.values()).ifPresent(text -> step(event, text));
        }
    }

    /** The same step again, of another pool or the like, is counted. */
    private void step(TraceRecord event, String text) {
        Entry last = entries.getLast();
        String by = event.comm() + ":" + event.pid();
        if (last.kind() == Kind.STEP && last.what().equals(text) && last.by().equals(by)) {
            entries.set(entries.size() - 1, new Entry(last.timeNanos(), Kind.STEP, text, by, List.of(), last.times() + 1));
        } else {
            entries.add(new Entry(event.timeNanos(), Kind.STEP, text, by, List.of(), 1));
        }
    }

    @Override
    public void life(LifeRecord change, Supplier<List<String>> stack) {
        known.note(change);
        switch (change) {
            case LifeRecord.Mapped mapped -> mapped(mapped, stack);
            case LifeRecord.Unmapped unmapped -> unmapped(unmapped, stack);
            case LifeRecord.Held held -> held(held);
            case LifeRecord.PageFreed freed -> pageFreed(freed, stack);
            case LifeRecord.Allocated allocated -> allocated(allocated, stack);
            case LifeRecord.Named named -> named(named);
            case LifeRecord.Freed freed -> freed(freed, stack);
            case LifeRecord.StaleAccess stale -> stale(stale, stack);
        }
    }

    private boolean isOf(long address, long bytes, int page) {
        return switch (subject) {
            case Subject.Address at -> Long.compareUnsigned(at.value() - address, bytes) < 0;
            case Subject.Page wanted -> wanted.number() == page;
            case Subject.Named ignored -> false;
        };
    }

    private void mapped(LifeRecord.Mapped mapped, Supplier<List<String>> stack) {
        ending = false;
        if (!isOf(mapped.address(), mapped.bytes(), mapped.page())) {
            return;
        }
        alive++;
        entries.add(new Entry(mapped.timeNanos(), Kind.BORN, (mapped.coherent() ? "allocated as coherent memory at " : "mapped at ")
                + hex(mapped.address()) + ", " + mapped.bytes() + " bytes " + mapped.direction() + " for " + device(mapped.device(),
                mapped.alias())
                + ", page " + mapped.page(), mapped.by(), stack.get(), 1));
        followed.putIfAbsent(mapped.page(), new Hands());
        List<String> holder = holders.get(mapped.page());
        if (holder != null) {
            hand(new LifeRecord.Held(mapped.timeNanos(), mapped.by(), mapped.page(), holder));
        }
    }

    private void unmapped(LifeRecord.Unmapped unmapped, Supplier<List<String>> stack) {
        ending = isOf(unmapped.address(), unmapped.bytes(), unmapped.page());
        if (!ending) {
            return;
        }
        alive = Math.max(0, alive - 1);
        String how = unmapped.dropped() ? "its unmap is kept from the IOMMU by the policy" : "unmapped";
        String late = unmapped.late() ? ", LATE: " + device(unmapped.device(), unmapped.alias()) + " has no driver any more" : "";
        entries.add(new Entry(unmapped.timeNanos(), Kind.ENDED, how + " at " + hex(unmapped.address()) + late, unmapped.by(),
                stack.get(), 1));
        if (!(subject instanceof Subject.Page)) {
            followed.remove(unmapped.page());
        }
    }

    private void held(LifeRecord.Held held) {
        holders.put(held.page(), held.holders());
        if (followed.containsKey(held.page())) {
            hand(held);
        }
    }

    private void hand(LifeRecord.Held held) {
        followed.get(held.page()).change(held.holders(), held.timeNanos())
                .ifPresent(what -> entries.add(new Entry(held.timeNanos(), Kind.HANDED, what, held.by(), List.of(), 1)));
    }

    private void pageFreed(LifeRecord.PageFreed freed, Supplier<List<String>> stack) {
        holders.remove(freed.page());
        if (followed.containsKey(freed.page())) {
            followed.get(freed.page()).nobody();
            entries.add(new Entry(freed.timeNanos(), Kind.ENDED, "page " + freed.page() + " freed", freed.by(), stack.get(), 1));
        }
    }

    private void allocated(LifeRecord.Allocated allocated, Supplier<List<String>> stack) {
        Entry birth = new Entry(allocated.timeNanos(), Kind.BORN, allocated.type() + " allocated at " + hex(allocated.address()) + ", "
                + allocated.bytes() + " bytes", allocated.by(), stack.get(), 1);
        births.put(allocated.address(), birth);
        if (subject instanceof Subject.Address at && Long.compareUnsigned(at.value() - allocated.address(), allocated.bytes()) < 0) {
            follow(allocated.address());
        }
    }

    private void named(LifeRecord.Named named) {
        if (subject instanceof Subject.Named wanted && wanted.name().equals(named.name())) {
            follow(named.address());
        }
        if (objects.contains(named.address())) {
            entries.add(new Entry(named.timeNanos(), Kind.NAMED, "is that of " + named.name(), named.by(), List.of(), 1));
        }
    }

    private void follow(long address) {
        alive++;
        objects.add(address);
        entries.add(births.get(address));
    }

    private void freed(LifeRecord.Freed freed, Supplier<List<String>> stack) {
        if (objects.contains(freed.address())) {
            alive = Math.max(0, alive - 1);
            entries.add(new Entry(freed.timeNanos(), Kind.ENDED, freed.type() + " freed", freed.by(), stack.get(), 1));
        }
    }

    private void stale(LifeRecord.StaleAccess stale, Supplier<List<String>> stack) {
        if (!ending && !objects.contains(stale.address())) {
            return;
        }
        List<String> functions = stack.get();
        String what = (functions.isEmpty() ? "somebody" : functions.getFirst()) + (stale.write() ? " writes " : " reads ")
                + stale.field().replaceAll("\\[\\d+]", "[]") + " of the freed " + stale.type() + " at " + hex(stale.address());
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            if (entry.kind() == Kind.STALE && entry.what().equals(what)) {
                entries.set(i, new Entry(entry.timeNanos(), Kind.STALE, what, entry.by(), entry.stack(), entry.times() + 1));
                return;
            }
        }
        entries.add(new Entry(stale.timeNanos(), Kind.STALE, what, stale.by(), functions, 1));
    }

    private static String device(String name, String alias) {
        return alias.isEmpty() ? name : name + " (" + alias + ")";
    }

    static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    public Subject subject() {
        return subject;
    }

    /** In the order in which it happened. Empty if the run has never heard of the subject. */
    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** The mapping or object lives on when the run ends. */
    public boolean livesOn() {
        return alive > 0;
    }

    /** What to ask for instead: those that the run knew, nearest first. Empty if it knew the subject. */
    public Optional<List<String>> nearest() {
        return entries.isEmpty() ? Optional.of(known.nearest(subject)) : Optional.empty();
    }
}
