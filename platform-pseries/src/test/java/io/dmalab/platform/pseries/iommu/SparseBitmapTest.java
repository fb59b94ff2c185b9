package io.dmalab.platform.pseries.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.core.random.Streams;
import io.dmalab.api.kernel.RandomStream;
import java.util.BitSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SparseBitmapTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @DisplayName("behaves as java.util.BitSet under random sets, clears and searches")
    void againstBitSet(long seed) {
        RandomStream random = new Streams(seed).stream("bitmap");
        int size = 1 + random.nextInt(200_000);
        SparseBitmap bitmap = new SparseBitmap(size);
        BitSet model = new BitSet(size);
        for (int step = 0; step < 3_000; step++) {
            int start = random.nextInt(size);
            int count = 1 + random.nextInt(Math.min(size - start, random.chance(0.1) ? size - start : 100));
            if (random.chance(0.5)) {
                bitmap.set(start, count);
                model.set(start, start + count);
            } else {
                bitmap.clear(start, count);
                model.clear(start, start + count);
            }
            int from = random.nextInt(size);
            int limit = from + random.nextInt(size - from + 1);
            int set = model.nextSetBit(from);
            assertThat(bitmap.nextSet(from, limit)).isEqualTo(set < 0 ? limit : Math.min(set, limit));
            assertThat(bitmap.nextZero(from, limit)).isEqualTo(Math.min(model.nextClearBit(from), limit));
            assertThat(bitmap.get(from)).isEqualTo(model.get(from));
            assertThat(bitmap.weight()).isEqualTo(model.cardinality());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @DisplayName("one bit at a time: the first clear one of a block is taken, or none if there is no memory for it")
    void oneBitAtATime(long seed) {
        RandomStream random = new Streams(seed).stream("bits");
        int size = 100_000;
        SparseBitmap bitmap = new SparseBitmap(size);
        BitSet model = new BitSet(size);
        for (int step = 0; step < 30_000; step++) {
            int from = random.nextInt(random.chance(0.5) ? 256 : size);
            int limit = (from | 15) + 1;
            if (random.chance(0.6)) {
                int free = model.nextClearBit(from);
                boolean memory = model.nextSetBit(from >>> 15 << 15) >>> 15 == from >>> 15;
                long taken = bitmap.acquire(from, limit);
                if (memory || taken < limit) {
                    assertThat(taken).as("from %d", from).isEqualTo(Math.min(free, limit));
                    model.set(Math.min(free, limit), free < limit ? free + 1 : limit);
                } else {
                    bitmap.set(from, 1);
                    model.set(from);
                }
            } else {
                bitmap.clear(from);
                model.clear(from);
            }
            assertThat(bitmap.nextSet(from, size)).isEqualTo(model.nextSetBit(from) < 0 ? size : model.nextSetBit(from));
        }
        assertThat(bitmap.weight()).isEqualTo(model.cardinality()).isPositive();
    }

    @Test
    @DisplayName("memory follows what is set, not the size")
    void memoryFollowsWhatIsSet() {
        SparseBitmap bitmap = new SparseBitmap(1L << 30);
        assertThat(bitmap.chunksInUse()).isZero();
        for (long bit = 0; bit < 1L << 30; bit += 1L << 26) {
            bitmap.set(bit, 1);
        }
        assertThat(bitmap.chunksInUse()).isEqualTo(16);
        bitmap.clear(0, 1L << 30);
        assertThat(bitmap.chunksInUse()).isLessThanOrEqualTo(1);
        assertThat(bitmap.weight()).isZero();
    }

    @Test
    @DisplayName("a bitmap of 2^40 bits can be made")
    void largest() {
        SparseBitmap bitmap = new SparseBitmap(1L << 40);
        bitmap.set((1L << 40) - 1, 1);
        assertThat(bitmap.nextSet(0, 1L << 40)).isEqualTo((1L << 40) - 1);
        assertThat(bitmap.nextZero((1L << 40) - 1, 1L << 40)).isEqualTo(1L << 40);
    }
}
