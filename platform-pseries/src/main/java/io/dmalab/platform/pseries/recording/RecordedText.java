package io.dmalab.platform.pseries.recording;

import java.util.function.IntToLongFunction;

/** Recorded calls and answers in words. */
final class RecordedText {
    private static final int LIST_SHOWN_MAX = 4;

    private RecordedText() {}

    static String call(RecordedCall call) {
        return switch (call.operation()) {
            case "RTAS" -> CallText.rtas(call.call(), call.argCount(), call::arg)
                    + (call.connector() == 0 ? "" : " of connector " + CallText.hex(Integer.toUnsignedLong(call.connector())))
                    + ", " + call.inputs() + " inputs, " + call.outputs() + " outputs";
            case "H_PUT_TCE" -> CallText.hcall(call.operation(), call.arg(0), call.arg(1), call.arg(2), 1);
            case "H_STUFF_TCE" -> CallText.hcall(call.operation(), call.arg(0), call.arg(1), call.arg(2), call.arg(3));
            case "H_GET_TCE" -> CallText.at(call.operation(), call.arg(0), call.arg(1), "");
            case "H_PUT_TCE_INDIRECT" -> CallText.at(call.operation(), call.arg(0), call.arg(1),
                    ", list at " + CallText.hex(call.arg(2)) + ": " + list(call) + ", count " + call.arg(3));
            case "EV_DMA_XLATE" -> "device access at " + CallText.hex(call.busAddress()) + " through " + CallText.hex(call.liobn());
            default -> call.operation() + "(" + CallText.words(call.argCount(), call::arg) + ")";
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
        String text = "status " + status + (count == 0 ? "" : ", outputs " + CallText.words(count, out));
        String named = node.isEmpty() ? text : text + ", " + node + " of " + length + " bytes";
        return hcallCode == 0 ? named : "hypercall " + hcallCode + ", " + named;
    }

    static String code(long code, long word) {
        return code == 0 ? "0, tce " + CallText.hex(word) : Long.toString(code);
    }

    static String access(long physical, long permission) {
        return permission == 0 ? "no permission" : CallText.hex(physical) + ", permission " + permission;
    }

    private static String list(RecordedCall call) {
        String first = CallText.words(Math.min(call.listCount(), LIST_SHOWN_MAX), call::entry);
        return call.listCount() > LIST_SHOWN_MAX ? first + " and " + (call.listCount() - LIST_SHOWN_MAX) + " more" : first;
    }
}
