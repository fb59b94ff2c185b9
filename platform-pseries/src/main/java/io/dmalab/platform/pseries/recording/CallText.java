package io.dmalab.platform.pseries.recording;

import io.dmalab.platform.pseries.hypervisor.Hcall;
import java.util.StringJoiner;
import java.util.function.IntToLongFunction;

/** Calls in words, the same for those that were recorded and those that are made. */
public final class CallText {
    private CallText() {}

    /** A recorded call as a guest's. The page that an indirect call's list lies in is left out: every kernel has its own. */
    public static String of(RecordedCall line) {
        return line.operation().equals("RTAS") ? rtas(line.call(), line.argCount(), line::arg)
                : hcall(line.operation(), line.arg(0), line.arg(1), line.firstEntry(), line.written());
    }

    /** @param entry the first one @param count of entries; H_PUT_TCE has one and does not say so */
    public static String hcall(String name, long liobn, long ioba, long entry, long count) {
        return at(name, liobn, ioba, ", tce " + hex(entry) + (name.equals("H_PUT_TCE") ? "" : ", count " + count));
    }

    public static String rtas(String name, int[] args) {
        return rtas(name, args.length, i -> Integer.toUnsignedLong(args[i]));
    }

    static String rtas(String name, int count, IntToLongFunction args) {
        return name + "(" + words(count, args) + ")";
    }

    /** A call about the entry at a bus address. */
    static String at(String name, long liobn, long ioba, String rest) {
        return name + "(liobn " + hex(liobn) + ", ioba " + hex(ioba) + rest + ")";
    }

    static String words(int count, IntToLongFunction words) {
        StringJoiner text = new StringJoiner(" ");
        for (int i = 0; i < count; i++) {
            text.add(hex(words.applyAsLong(i)));
        }
        return text.toString();
    }

    static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    public static String name(long opcode) {
        if (opcode == Hcall.H_PUT_TCE) {
            return "H_PUT_TCE";
        }
        if (opcode == Hcall.H_PUT_TCE_INDIRECT) {
            return "H_PUT_TCE_INDIRECT";
        }
        return opcode == Hcall.H_STUFF_TCE ? "H_STUFF_TCE" : "H_GET_TCE";
    }
}
