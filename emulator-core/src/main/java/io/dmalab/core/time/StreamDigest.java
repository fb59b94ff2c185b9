package io.dmalab.core.time;

/** A running 64-bit digest of a stream of words: depends on every bit and on the order, the same on every machine. Not cryptographic. */
public final class StreamDigest {
    private static final long P1 = 0x9E3779B185EBCA87L;
    private static final long P2 = 0xC2B2AE3D27D4EB4FL;
    private static final long P3 = 0x165667B19E3779F9L;

    private long state = P3;

    public void mix(long word) {
        state = Long.rotateLeft(state ^ word * P2, 27) * P1 + P3;
    }

    /** Mixes the length and every UTF-16 unit. */
    public void mixText(CharSequence text) {
        mix(hash(text));
    }

    /** A 64-bit hash of a text, by content. */
    public static long hash(CharSequence text) {
        long h = P3 ^ text.length();
        for (int i = 0; i < text.length(); i++) {
            h = Long.rotateLeft(h ^ text.charAt(i) * P2, 31) * P1;
        }
        return finish(h);
    }

    /** The digest of what was mixed so far; may be asked at any time. */
    public long value() {
        return finish(state);
    }

    private static long finish(long h) {
        h = (h ^ h >>> 33) * P2;
        h = (h ^ h >>> 29) * P3;
        return h ^ h >>> 32;
    }
}
