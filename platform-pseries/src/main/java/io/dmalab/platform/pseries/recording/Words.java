package io.dmalab.platform.pseries.recording;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** A few known words, found in bytes without making a text of them. */
final class Words {
    private final byte[][] words;
    private final int[] slots;

    Words(List<String> words) {
        this.words = words.stream().map(word -> word.getBytes(StandardCharsets.US_ASCII)).toArray(byte[][]::new);
        this.slots = new int[Integer.highestOneBit(words.size()) << 2];
        Arrays.fill(slots, -1);
        for (int i = 0; i < this.words.length; i++) {
            byte[] word = this.words[i];
            int slot = slot(word, 0, word.length);
            while (slots[slot] >= 0) {
                slot = slot + 1 & slots.length - 1;
            }
            slots[slot] = i;
        }
    }

    /** Number of the word, -1 if it is none of these. */
    int find(byte[] text, int from, int to) {
        if (from == to) {
            return -1;
        }
        int slot = slot(text, from, to);
        for (int i = slots[slot]; i >= 0; i = slots[slot]) {
            if (is(words[i], text, from, to)) {
                return i;
            }
            slot = slot + 1 & slots.length - 1;
        }
        return -1;
    }

    private int slot(byte[] text, int from, int to) {
        return text[from] * 7 + text[to - 1] * 3 + (to - from) * 5 & slots.length - 1;
    }

    private static boolean is(byte[] word, byte[] text, int from, int to) {
        if (word.length != to - from) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if (word[i] != text[from + i]) {
                return false;
            }
        }
        return true;
    }
}
