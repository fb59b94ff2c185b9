package io.dmalab.core.imported;

import io.dmalab.api.recorded.Meaning.Began;
import io.dmalab.api.recorded.Meaning.Ended;
import io.dmalab.api.recorded.Subject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Matches ends with beginnings. Memory grows with what lives at a time, and with the number of owners, of which there are few. */
final class Lives {
    private static final int OWNERS_MAX = 256;
    private static final String OTHERS = "(others)";

    private record Key(Subject subject, String owner, long key) {}

    private record Life(long start, Tally tally) {}

    private final Map<Subject, Map<String, Tally>> tallies = new LinkedHashMap<>();
    private final List<Tally> inOrder = new ArrayList<>();
    private final Map<Key, Life> lives = new HashMap<>();
    private final Deque<Life> unnamed = new ArrayDeque<>();

    void began(Began event, long time, int cpu) {
        Tally tally = tally(event.subject(), event.owner());
        if (event.subject() == Subject.UNNAMED_MAPPING) {
            tally.began(time, cpu, event.bytes());
            unnamed.add(new Life(time, tally));
            return;
        }
        Key key = key(event.subject(), event.owner(), event.key());
        Life before = lives.get(key);
        if (before != null && before.tally() != tally) {
            tally.passed(time, cpu, event.bytes());
            return;
        }
        if (before != null) {
            before.tally().endedUnseen(time);
        }
        tally.began(time, cpu, event.bytes());
        lives.put(key, new Life(time, tally));
    }

    void ended(Ended event, long time) {
        Life life = event.subject() == Subject.UNNAMED_MAPPING ? unnamed.poll()
                : lives.remove(key(event.subject(), event.owner(), event.key()));
        if (life != null) {
            life.tally().ended(life.start(), time);
        } else if (event.subject() != Subject.PACKET) {
            // packets that were sent are freed, too
            tally(event.subject(), event.owner()).foreignEnd();
        }
    }

    /** A packet's end does not say through which interface it came. */
    private static Key key(Subject subject, String owner, long key) {
        return new Key(subject, subject == Subject.PACKET ? "" : owner, key);
    }

    private Tally tally(Subject subject, String owner) {
        Map<String, Tally> owners = tallies.computeIfAbsent(subject, s -> new LinkedHashMap<>());
        Tally known = owners.get(owner);
        if (known != null) {
            return known;
        }
        return owners.computeIfAbsent(owners.size() < OWNERS_MAX ? owner : OTHERS, name -> {
            Tally tally = new Tally(subject, name);
            inOrder.add(tally);
            return tally;
        });
    }

    /** How many live of each population, in the order of {@link #finished}. Later populations are appended. */
    long[] live() {
        return inOrder.stream().mapToLong(Tally::live).toArray();
    }

    /** In order of first appearance. @param end of the recording */
    List<Population> finished(long end) {
        lives.values().forEach(life -> life.tally().stillOpen(life.start(), end));
        unnamed.forEach(life -> life.tally().stillOpen(life.start(), end));
        lives.clear();
        unnamed.clear();
        return inOrder.stream().map(Tally::finished).toList();
    }
}
