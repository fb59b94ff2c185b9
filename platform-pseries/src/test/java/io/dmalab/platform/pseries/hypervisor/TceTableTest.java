package io.dmalab.platform.pseries.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.kernel.RandomStream;
import io.dmalab.core.random.Streams;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TceTableTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @DisplayName("behaves as a plain array under random puts and fills")
    void againstArray(long seed) {
        RandomStream random = new Streams(seed).stream("tces");
        int entries = 1 + random.nextInt(5000);
        TceTable table = new TceTable(1, 1L << 59, 16, entries, false);
        long[] model = new long[entries];
        for (int step = 0; step < 2_000; step++) {
            int at = random.nextInt(entries);
            long value = random.chance(0.4) ? 0 : (long) random.nextInt(1 << 20) << 12 | random.nextInt(4);
            int count = random.chance(0.5) ? 1 : 1 + random.nextInt(entries - at);
            if (count == 1) {
                table.put(at, value);
            } else {
                table.fill(at, count, value);
            }
            Arrays.fill(model, at, at + count, value);
            int probe = random.nextInt(entries);
            assertThat(table.get(probe)).isEqualTo(model[probe]);
            assertThat(table.liveEntries()).isEqualTo(Arrays.stream(model).filter(t -> (t & 3) != 0).count());
        }
        assertThat(LongStream.range(0, entries).map(table::get).toArray()).isEqualTo(model);
        assertThat(table.liveEntries(0, entries)).isEqualTo(table.liveEntries());
    }

    @Test
    @DisplayName("a large range of one value costs one chunk's entries, and each chunk goes its own way after that")
    void largeRange() {
        TceTable table = new TceTable(1, 0, 12, 1L << 22, false);
        table.fill(100, 1L << 21, 0x5003);
        assertThat(table.liveEntries()).isEqualTo(1L << 21);
        table.put(5000, 0x6001);
        table.fill(6000, 10, 0);
        assertThat(table.get(5000)).isEqualTo(0x6001);
        assertThat(List.of(table.get(5000 + 512), table.get(4999), table.get(6000 - 512), table.get(100))).containsOnly(0x5003L);
        assertThat(table.get(6009)).isZero();
        assertThat(table.liveEntries()).isEqualTo((1L << 21) - 10);
        // the chunk used last is empty and still there when the clearing comes to it
        table.put(1L << 20, 0);
        table.fill(1L << 20, 512, 0);
        table.fill(1, (1L << 22) - 1, 0);
        assertThat(table.liveEntries()).isZero();
        assertThat(table.chunkCount()).isZero();
        assertThat(table.get(5000)).isZero();
    }

    @Test
    @DisplayName("a window of 2^30 entries costs what is mapped in it, and clearing it is quick")
    void sparse() {
        TceTable table = new TceTable(1, 1L << 59, 16, 1L << 30, false);
        for (long i = 0; i < 1L << 30; i += 1L << 25) {
            table.put(i, i << 16 | 3);
        }
        assertThat(table.chunkCount()).isEqualTo(32);
        table.clear();
        assertThat(table.chunkCount()).isZero();
        assertThat(table.liveEntries()).isZero();
    }

    @Test
    @DisplayName("sizes that do not exist are refused")
    void bounds() {
        assertThatThrownBy(() -> new TceTable(1, 0, 11, 1, false)).hasMessageContaining("not in 12..62");
        assertThatThrownBy(() -> new TceTable(1, 0, 12, 0, false)).hasMessageContaining("0 entries");
    }
}
