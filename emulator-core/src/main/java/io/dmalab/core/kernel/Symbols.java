package io.dmalab.core.kernel;


/**
 * Synthetic but deterministic kernel text addresses: {@code symbol+0xoff/0xlen} is derived from a hash of the symbol, so that the token has
 * the shape that scripts/decode_stacktrace.sh reads. The numbers mean nothing; the names and their order are real.
 */
final class Symbols {
    private static final long TEXT = 0xc000000000000000L;
    private static final long MODULES = 0xc008000000000000L;

    private Symbols() {}

    /** @param callee what {@code frame} called; the return address depends on it */
    static String location(StackTraces.Frame frame, String callee) {
        long hash = hash(frame.symbol());
        long length = length(hash);
        String place = frame.symbol() + "+0x" + Long.toHexString(offset(frame.symbol(), callee, length)) + "/0x" + Long.toHexString(length);
        return frame.module().isEmpty() ? place : place + " [" + frame.module() + "]";
    }

    /** Instruction address of that location. */
    static long address(StackTraces.Frame frame, String callee) {
        long hash = hash(frame.symbol());
        long base = frame.module().isEmpty() ? TEXT + (hash >>> 20 & 0xfffff0) : MODULES + (hash >>> 20 & 0x7fffff0);
        return base + offset(frame.symbol(), callee, length(hash));
    }

    /** Bytes of stack that the function's frame takes: 0x20 to 0x110. */
    static long frameBytes(String symbol) {
        return 0x20 + (hash(symbol) >>> 9 & 0xf) * 0x10;
    }

    /** What %p prints: upper half zero, lower half a keyed hash. */
    static String hashedPointer(long address, long key) {
        return StackDump.hex(address == 0 ? 0 : mix(address ^ key) >>> 32);
    }

    static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return mix(hash);
    }

    /** The finaliser of SplitMix64. */
    static long mix(long value) {
        long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }

    private static long length(long hash) {
        return 0x60 + (hash & 0xff) * 8;
    }

    private static long offset(String symbol, String callee, long length) {
        return 4 + Long.remainderUnsigned(hash(symbol + ">" + callee), (length - 8) / 4) * 4;
    }
}
