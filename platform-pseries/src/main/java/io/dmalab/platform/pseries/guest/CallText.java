package io.dmalab.platform.pseries.guest;

import io.dmalab.platform.pseries.hypervisor.Hcall;
import io.dmalab.platform.pseries.recording.RecordedCall;
import java.util.Locale;

/** Calls in words. The page that an indirect call's list lies in is left out: every kernel has its own. */
final class CallText {
    private CallText() {}

    static String of(RecordedCall line) {
        if (line.operation().equals("RTAS")) {
            StringBuilder text = new StringBuilder(line.call());
            for (int i = 0; i < line.argCount(); i++) {
                text.append(" 0x").append(Long.toHexString(line.arg(i)));
            }
            return text.toString();
        }
        return hcall(line.operation(), line.arg(0), line.arg(1), line.firstEntry(), line.written());
    }

    static String rtas(String name, int[] args) {
        StringBuilder text = new StringBuilder(name);
        for (int arg : args) {
            text.append(" 0x").append(Integer.toHexString(arg));
        }
        return text.toString();
    }

    static String hcall(String name, long liobn, long ioba, long entry, long count) {
        return String.format(Locale.ROOT, "%s liobn 0x%x ioba 0x%x tce 0x%x%s", name, liobn, ioba, entry,
                name.equals("H_PUT_TCE") ? "" : " count " + count);
    }

    static String name(long opcode) {
        if (opcode == Hcall.H_PUT_TCE) {
            return "H_PUT_TCE";
        }
        if (opcode == Hcall.H_PUT_TCE_INDIRECT) {
            return "H_PUT_TCE_INDIRECT";
        }
        return opcode == Hcall.H_STUFF_TCE ? "H_STUFF_TCE" : "H_GET_TCE";
    }
}
