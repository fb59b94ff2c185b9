package io.dmalab.platform.pseries.guest;

import io.dmalab.api.kernel.Scheduler;
import io.dmalab.platform.pseries.hvcall.CallTap;
import io.dmalab.platform.pseries.hypervisor.Connector;
import io.dmalab.platform.pseries.hypervisor.DrcConnectors;
import io.dmalab.platform.pseries.hypervisor.Hcall;
import io.dmalab.platform.pseries.hypervisor.RtasCall;
import io.dmalab.platform.pseries.hypervisor.WorkArea;
import io.dmalab.platform.pseries.recording.CallText;
import io.dmalab.platform.pseries.recording.RecordedCall;
import java.util.function.Supplier;

/**
 * Holds each call of our guest against the next one that the recorded guest made on the same processor. A call of another kind leaves the
 * recorded one where it is: it may come yet.
 */
final class Comparison implements CallTap {
    private final DrcConnectors connectors;
    private final Recording recording;
    private final Tally tally;
    private final Scheduler sched;
    private String phase = "";
    private Supplier<String> state = () -> "";

    Comparison(DrcConnectors connectors, Recording recording, Tally tally, Scheduler sched) {
        this.connectors = connectors;
        this.recording = recording;
        this.tally = tally;
        this.sched = sched;
    }

    /** What is going on from now on. @param newState what decides the guest's next calls, asked for when one differs */
    void phase(String newPhase, Supplier<String> newState) {
        phase = newPhase;
        state = newState;
    }

    /** Of what is plugged in the recorded answer tells what its header does not. */
    @Override
    public void configures(WorkArea area) {
        RecordedCall line = recording.peekCall(sched.cpu());
        Connector connector = connectors.find(area.drcIndex());
        if (line != null && line.call().equals(RtasCall.CONFIGURE_CONNECTOR.callName()) && connector != null) {
            line.settle(connector);
        }
    }

    @Override
    public void hcall(long opcode, long liobn, long ioba, long value, long count, long[] list, long rc) {
        RecordedCall line = recording.peekCall(sched.cpu());
        String name = CallText.name(opcode);
        long first = list == null ? value : list[0];
        if (line == null || !line.operation().equals(name)) {
            tally.extra(phase, line == null ? -1 : line.sequence(), CallText.hcall(name, liobn, ioba, first, count), state.get());
            return;
        }
        recording.take(line);
        if (list != null) {
            tally.choice("page that the list of an indirect call lies in");
        }
        boolean same = line.arg(0) == liobn && line.arg(1) == ioba && line.written() == count && line.code() == rc
                && (list == null ? line.firstEntry() == value : sameList(line, list, (int) count));
        if (same) {
            tally.agreed(phase);
        } else {
            String answer = line.code() == rc ? "" : " = " + Hcall.name(rc);
            String recorded = line.code() == rc ? "" : " = " + Hcall.name(line.code());
            tally.differed(phase, line.sequence(), CallText.of(line) + recorded, CallText.hcall(name, liobn, ioba, first, count) + answer,
                    state.get());
        }
    }

    @Override
    public void rtas(RtasCall call, int[] args, int[] rets) {
        RecordedCall line = recording.peekCall(sched.cpu());
        if (line == null || !line.call().equals(call.callName())) {
            tally.extra(phase, line == null ? -1 : line.sequence(), CallText.rtas(call.callName(), args), state.get());
            return;
        }
        recording.take(line);
        boolean configures = call == RtasCall.CONFIGURE_CONNECTOR;
        if ((configures || sameArguments(line, args)) && line.code() == rets[0] && line.outputs() == rets.length) {
            tally.agreed(phase);
        } else {
            tally.differed(phase, line.sequence(), CallText.of(line) + " = " + line.code() + " (" + line.outputs() + " outputs)",
                    CallText.rtas(call.callName(), args) + " = " + rets[0] + " (" + rets.length + " outputs)", state.get());
        }
    }

    private static boolean sameArguments(RecordedCall line, int[] args) {
        boolean same = line.argCount() == args.length;
        for (int i = 0; same && i < args.length; i++) {
            same = (int) line.arg(i) == args[i];
        }
        return same;
    }

    private static boolean sameList(RecordedCall line, long[] list, int count) {
        boolean same = line.listCount() >= count;
        for (int i = 0; same && i < count; i++) {
            same = line.entry(i) == list[i];
        }
        return same;
    }
}
