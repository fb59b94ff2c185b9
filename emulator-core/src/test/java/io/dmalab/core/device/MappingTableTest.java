package io.dmalab.core.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.RandomStream;
import io.dmalab.core.random.Streams;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MappingTableTest {
    private record Entry(long address, long meta, long since, int page, int mapper, Object stack) {}

    private static final long META = MappingTable.meta(4096, 2, 0);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void behavesAsAListOfEntriesDoes(long seed) {
        RandomStream random = new Streams(seed).stream("table");
        MappingTable table = new MappingTable();
        List<Entry> naive = new ArrayList<>();
        int addresses = 1 + random.nextInt(400);
        boolean stacks = random.chance(0.5);
        for (int step = 0; step < 6_000; step++) {
            long address = (long) random.nextInt(addresses) << 16;
            long meta = MappingTable.meta(1 + random.nextInt(2), random.nextInt(3), random.nextInt(2) * MappingTable.COHERENT);
            if (random.chance(step < 4_000 ? 0.55 : 0.3)) {
                insert(table, naive, new Entry(address, meta, step, random.nextInt(1 << 30), random.nextInt(9) - 4, stacks ? step : null));
            } else {
                remove(table, naive, address, meta);
            }
            assertThat(table.size()).isEqualTo(naive.size());
        }
        List<Entry> left = new ArrayList<>();
        table.forEachSlot(slot -> left.add(entry(table, slot)));
        assertThat(left).containsExactlyInAnyOrderElementsOf(naive);
        assertThat(table.coherent()).isEqualTo((int) naive.stream().filter(e -> (e.meta() & MappingTable.COHERENT) != 0).count());
    }

    private static void insert(MappingTable table, List<Entry> naive, Entry entry) {
        boolean known = naive.stream().anyMatch(e -> e.address() == entry.address());
        int slot = table.insert(entry.address(), entry.meta(), entry.since(), entry.page(), entry.mapper());
        assertThat(slot < 0).as("address known").isEqualTo(known);
        if (entry.stack() != null) {
            table.stack(slot < 0 ? ~slot : slot, entry.stack());
        }
        naive.add(entry);
    }

    private static void remove(MappingTable table, List<Entry> naive, long address, long meta) {
        List<Entry> there = naive.stream().filter(e -> e.address() == address).toList();
        boolean fits = there.stream().anyMatch(e -> e.meta() == meta);
        int slot = table.find(address, meta);
        assertThat(slot >= 0).as("found").isEqualTo(fits || there.size() == 1);
        if (slot >= 0) {
            Entry found = entry(table, slot);
            assertThat(found).isIn(naive);
            assertThat(found.meta() == meta).as("the one that fits, if one does").isEqualTo(fits);
            naive.remove(found);
            table.remove(slot);
        }
    }

    private static Entry entry(MappingTable table, int slot) {
        return new Entry(table.address(slot), table.meta(slot), table.since(slot), table.page(slot), table.mapper(slot), table.stack(slot));
    }

    @Test
    void packsWhatAMappingIsWithoutLoss() {
        long meta = MappingTable.meta(1L << 40, 2, MappingTable.COHERENT | MappingTable.DIRECT);

        assertThat(MappingTable.bytes(meta)).isEqualTo(1L << 40);
        assertThat(MappingTable.direction(meta)).isEqualTo(2);
        assertThat(meta & MappingTable.COHERENT).isNotZero();
        assertThat(meta & MappingTable.DIRECT).isNotZero();
    }

    @Test
    void keepsAddressZeroAndTheHighestOne() {
        MappingTable table = new MappingTable();
        table.insert(0, META, 1, 2, 3);
        table.insert(-4096L, META, 4, 5, 6);

        assertThat(table.page(table.find(0, META))).isEqualTo(2);
        assertThat(table.page(table.find(-4096L, META))).isEqualTo(5);
        assertThat(table.find(4096, META)).isEqualTo(-1);
    }

    @Test
    void holdsAMillionMappings() {
        MappingTable table = new MappingTable();
        int million = 1_000_000;
        for (int i = 0; i < million; i++) {
            table.insert(0x800_0000_0000_0000L + ((long) i << 16), META, i, i, 0);
        }
        assertThat(table.size()).isEqualTo(million);
        Set<Integer> slots = new HashSet<>();
        for (int i = 0; i < million; i += 997) {
            int slot = table.find(0x800_0000_0000_0000L + ((long) i << 16), META);
            assertThat(table.page(slot)).isEqualTo(i);
            assertThat(slots.add(slot)).isTrue();
        }
    }
}
