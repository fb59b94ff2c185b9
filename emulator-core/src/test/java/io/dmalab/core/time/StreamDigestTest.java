package io.dmalab.core.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StreamDigestTest {
    private static long digest(long... words) {
        StreamDigest digest = new StreamDigest();
        for (long word : words) {
            digest.mix(word);
        }
        return digest.value();
    }

    @Test
    void everyBitAndTheOrderCount() {
        long base = digest(1, 2, 3);
        assertThat(digest(1, 2, 3)).isEqualTo(base);
        assertThat(digest(2, 1, 3)).isNotEqualTo(base);
        assertThat(digest(1, 2)).isNotEqualTo(base);
        assertThat(digest(1, 2, 3, 0)).isNotEqualTo(base);
        Set<Long> seen = new HashSet<>();
        for (int word = 0; word < 3; word++) {
            for (int bit = 0; bit < 64; bit++) {
                long[] words = {1, 2, 3};
                words[word] ^= 1L << bit;
                seen.add(digest(words));
            }
        }
        assertThat(seen).hasSize(192).doesNotContain(base);
    }

    @Test
    void aSmallDifferenceChangesHalfOfTheBits() {
        int bits = 0;
        for (int i = 0; i < 1000; i++) {
            bits += Long.bitCount(digest(i, 7) ^ digest(i + 1, 7));
        }
        assertThat(bits / 1000.0).isBetween(31.0, 33.0);
    }

    @Test
    void askingDoesNotChangeIt() {
        StreamDigest digest = new StreamDigest();
        digest.mix(1);
        assertThat(digest.value()).isEqualTo(digest.value());
        digest.mix(2);
        assertThat(digest.value()).isEqualTo(digest(1, 2));
    }

    /** Computed by a second implementation: a digest stands in tokens and test data, so its function must not change unnoticed. */
    @Test
    void theFunctionIsFixed() {
        assertThat(Long.toHexString(digest(1, 2, 3))).isEqualTo("1a992d320bd689a1");
        assertThat(Long.toHexString(StreamDigest.hash("page_pool"))).isEqualTo("3de180babdf9d00c");
    }
}
