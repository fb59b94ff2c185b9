package io.dmalab.platform.pseries.trace;

import io.dmalab.api.recorded.Meaning;
import io.dmalab.api.recorded.RecordedEvent;
import io.dmalab.api.recorded.Subject;
import io.dmalab.api.recorded.TraceInterpreter;
import io.dmalab.api.tracepoint.PowerpcEvents;
import io.dmalab.platform.pseries.hypervisor.Hcall;
import java.util.List;
import java.util.function.Consumer;

/**
 * Hypervisor and firmware calls (arch/powerpc/include/asm/trace.h, v5.7 to v6.18). The trace points of hypervisor calls print no arguments:
 * a call that puts TCEs stands for one mapping that begins, whatever its size, one that stuffs them for one that ends. The exit alone says
 * all there is.
 */
public final class PowerpcInterpreter implements TraceInterpreter {
    private static final String HCALL = PowerpcEvents.HCALL_EXIT.name();
    private static final String RTAS = PowerpcEvents.RTAS_INPUT.name();
    private static final int H_PUT_TCE = 0x20;
    private static final int H_STUFF_TCE = 0x138;
    private static final int H_PUT_TCE_INDIRECT = 0x13c;
    private static final String ISOLATION_STATE = "9001";
    private static final String ISOLATE = "0";

    @Override
    public List<String> events() {
        return List.of(HCALL, RTAS);
    }

    @Override
    public void interpret(RecordedEvent event, Consumer<Meaning> sink) {
        if (event.name().equals(HCALL)) {
            hcall(event.number("opcode"), event.number("retval"), sink);
        } else {
            rtas(event.text("name"), event.text("inputs").strip().split("\\s+"), sink);
        }
    }

    private static void hcall(long opcode, long rc, Consumer<Meaning> sink) {
        if (opcode != H_PUT_TCE && opcode != H_PUT_TCE_INDIRECT && opcode != H_STUFF_TCE) {
            return;
        }
        sink.accept(new Meaning.Answered(Hcall.opcodeName(opcode), Hcall.name(rc), rc == Hcall.H_SUCCESS));
        if (rc == Hcall.H_SUCCESS) {
            sink.accept(opcode == H_STUFF_TCE ? new Meaning.Ended(Subject.UNNAMED_MAPPING, "", 0)
                    : new Meaning.Began(Subject.UNNAMED_MAPPING, "", 0, 0));
        }
    }

    private static void rtas(String name, String[] words, Consumer<Meaning> sink) {
        if (name.equals("ibm,remove-pe-dma-window")) {
            sink.accept(new Meaning.DeviceTaken("", "ibm,remove-pe-dma-window of LIOBN " + hex(words[0])));
        } else if (name.equals("set-indicator") && words.length == 3 && words[0].equals(ISOLATION_STATE) && words[2].equals(ISOLATE)) {
            sink.accept(new Meaning.DeviceTaken("", "isolation of connector " + hex(words[1])));
        }
    }

    private static String hex(String decimal) {
        return decimal.matches("[0-9]{1,10}") ? "0x" + Long.toHexString(Long.parseLong(decimal)) : decimal;
    }
}
