package io.dmalab.platform.pseries.recording;

import java.util.Locale;
import java.util.StringJoiner;
import java.util.function.IntToLongFunction;

/** Recorded calls and answers in words. */
final class RecordedText {
    private static final int LIST_SHOWN_MAX = 4;

    private RecordedText() {}

    static String call(RecordedCall call) {
        return switch (call.operation()) {
            case "RTAS" -> String.format(Locale.ROOT, "%s(%s)%s, %d inputs, %d outputs", call.call(),
                    words(call.argCount(), call::arg), call.connector() == 0 ? "" : " of connector " + hex(Integer.toUnsignedLong(call.connector())),
                    call.inputs(), call.outputs());
            case "H_PUT_TCE" -> place(call) + ", tce " + hex(call.arg(2)) + ")";
            case "H_GET_TCE" -> place(call) + ")";
            case "H_STUFF_TCE" -> place(call) + ", tce " + hex(call.arg(2)) + ", count " + call.arg(3) + ")";
            case "H_PUT_TCE_INDIRECT" -> place(call) + ", list at " + hex(call.arg(2)) + ": " + list(call)
                    + ", count " + call.arg(3) + ")";
            case "EV_DMA_XLATE" -> "device access at " + hex(call.busAddress()) + " through " + hex(call.liobn());
            default -> call.operation() + "(" + words(call.argCount(), call::arg) + ")";
        };
    }

    /** What the recorded platform answered. */
    static String answer(RecordedCall call) {
        return switch (call.operation()) {
            case "RTAS" -> rtas(call.hcallCode(), call.code(), call.outCount(), call::out, call.nodeName(), call.nodeLength());
            case "H_GET_TCE" -> code(call.code(), call.out(0));
            case "EV_DMA_XLATE" -> access(call.physical(), call.permission());
            default -> Long.toString(call.code());
        };
    }

    static String rtas(long hcallCode, long status, int count, IntToLongFunction out, String node, long length) {
        String text = "status " + status + (count == 0 ? "" : ", outputs " + words(count, out));
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
        return call.operation() + "(liobn " + hex(call.arg(0)) + ", ioba " + hex(call.arg(1));
    }

    private static String list(RecordedCall call) {
        String first = words(Math.min(call.listCount(), LIST_SHOWN_MAX), call::entry);
        return call.listCount() > LIST_SHOWN_MAX ? first + " and " + (call.listCount() - LIST_SHOWN_MAX) + " more" : first;
    }

    private static String words(int count, IntToLongFunction words) {
        StringJoiner text = new StringJoiner(" ");
        for (int i = 0; i < count; i++) {
            text.add(hex(words.applyAsLong(i)));
        }
        return text.toString();
    }
}
