package io.dmalab.platform.pseries.guest;

import java.util.Locale;
import java.util.StringJoiner;

/** Recorded calls and answers in words. */
final class RecordedText {
    private static final int LIST_SHOWN_MAX = 4;

    private RecordedText() {}

    static String call(RecordedCall call) {
        return switch (call.operation) {
            case "RTAS" -> String.format(Locale.ROOT, "%s(%s)%s, %d inputs, %d outputs", call.call, words(call.args, call.argCount),
                    call.connector == 0 ? "" : " of connector " + hex(call.connector), call.inputs, call.outputs);
            case "H_PUT_TCE" -> place(call) + ", tce " + hex(call.args[2]) + ")";
            case "H_GET_TCE" -> place(call) + ")";
            case "H_STUFF_TCE" -> place(call) + ", tce " + hex(call.args[2]) + ", count " + call.args[3] + ")";
            case "H_PUT_TCE_INDIRECT" -> place(call) + ", list at " + hex(call.args[2]) + ": " + list(call)
                    + ", count " + call.args[3] + ")";
            case "EV_DMA_XLATE" -> "device access at " + hex(call.busAddress) + " through " + hex(call.liobn);
            default -> call.operation + "(" + words(call.args, call.argCount) + ")";
        };
    }

    /** What the recorded platform answered. */
    static String answer(RecordedCall call) {
        return switch (call.operation) {
            case "RTAS" -> rtas(call.hcallCode, call.code, call.out, call.outCount, call.nodeName, call.nodeLength);
            case "H_GET_TCE" -> code(call.code, call.out[0]);
            case "EV_DMA_XLATE" -> access(call.physical, call.permission);
            default -> Long.toString(call.code);
        };
    }

    static String rtas(long hcallCode, long status, long[] out, int count, String node, long length) {
        String text = "status " + status + (count == 0 ? "" : ", outputs " + words(out, count));
        String named = node.isEmpty() ? text : text + ", " + node + " of " + length + " bytes";
        return hcallCode == 0 ? named : "hypercall " + hcallCode + ", " + named;
    }

    static String code(long code, long word) {
        return code == 0 ? "0, tce " + hex(word) : Long.toString(code);
    }

    static String access(long physical, long permission) {
        return permission == 0 ? "no permission" : hex(physical) + ", permission " + permission;
    }

    static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    private static String place(RecordedCall call) {
        return call.operation + "(liobn " + hex(call.args[0]) + ", ioba " + hex(call.args[1]);
    }

    private static String list(RecordedCall call) {
        String first = words(call.list, Math.min(call.listCount, LIST_SHOWN_MAX));
        return call.listCount > LIST_SHOWN_MAX ? first + " and " + (call.listCount - LIST_SHOWN_MAX) + " more" : first;
    }

    static String words(long[] words, int count) {
        StringJoiner text = new StringJoiner(" ");
        for (int i = 0; i < count; i++) {
            text.add(hex(words[i]));
        }
        return text.toString();
    }
}
