package io.dmalab.platform.pseries.recording;

import io.dmalab.platform.pseries.hypervisor.Connector;
import io.dmalab.platform.pseries.hypervisor.DrcConnectors;
import io.dmalab.platform.pseries.hypervisor.DrcTokens;
import io.dmalab.platform.pseries.hypervisor.Hcall;
import io.dmalab.platform.pseries.hypervisor.Hypervisor;
import io.dmalab.platform.pseries.hypervisor.PartitionMemory;
import io.dmalab.platform.pseries.hypervisor.Phb;
import io.dmalab.platform.pseries.hypervisor.PhbConfig;
import io.dmalab.platform.pseries.hypervisor.QemuMachine;
import io.dmalab.platform.pseries.hypervisor.RtasStatus;
import io.dmalab.platform.pseries.hypervisor.TceListReader;
import io.dmalab.platform.pseries.hypervisor.TceTable;
import io.dmalab.platform.pseries.hypervisor.WorkArea;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** The recorded machine's hypervisor: answers recorded calls and has happen to it what happened to the recorded one. */
final class RecordedHypervisor {
    /** What the probe fills return words with before a call. */
    private static final int UNTOUCHED = 0xeeeeeeee;
    private static final int WORDS_MAX = 32;
    private static final String CONFIGURE = "ibm,configure-connector";
    /** An indirect call's list comes from the recording, wherever in memory it was. */
    private static final PartitionMemory MEMORY = PartitionMemory.upTo(1L << 62);

    private final RecordedMachine machine;
    private final boolean everyWordCounts;
    private final Hypervisor hypervisor;
    private final int[][] inputs = new int[WORDS_MAX][];
    private final int[][] outputs = new int[WORDS_MAX][];
    private RecordedCall current;
    private final TceListReader list = index -> current.entry(index);
    private final Set<Integer> named = new LinkedHashSet<>();
    private int lastUnisolated;
    private WorkArea area;
    private long code;
    private int[] answered = {0};

    RecordedHypervisor(RecordedMachine machine, boolean everyWordCounts) {
        this.machine = machine;
        this.everyWordCounts = everyWordCounts;
        this.hypervisor = new Hypervisor(machine.profile(), MEMORY);
        for (int words = 0; words < WORDS_MAX; words++) {
            inputs[words] = new int[words];
            outputs[words] = new int[Math.max(1, words)];
        }
        machine.bridges().forEach(bridge -> QemuMachine.addBridge(hypervisor, bridge));
        machine.vio().forEach(w -> hypervisor.addVioWindow(w.liobn(), w.start(), w.bytes(), w.pageShift()));
        connectors();
    }

    private void connectors() {
        QemuMachine.addConnectors(hypervisor, machine.profile(), machine.ram(), 0);
        for (int drc : machine.connectors()) {
            if (isThere(drc)) {
                hypervisor.connectors().attachCold(drc, machine.device(drc, hypervisor.connectors()));
            }
        }
    }

    /**
     * Whether there is such a connector. Of processors, of memory and below a bridge in a slot no header tells how many there are: those
     * are there once the recording answers for them. The others the machine decides.
     */
    private boolean isThere(int drc) {
        DrcConnectors connectors = hypervisor.connectors();
        if (connectors.find(drc) == null) {
            switch (drc >>> 28) {
                case 1 -> connectors.add(drc, Connector.Type.CPU, 0);
                case 8 -> connectors.add(drc, Connector.Type.LMB, 0);
                case 4 -> belowSlot(drc).ifPresent(bridge -> connectors.add(drc, Connector.Type.PCI, bridge.buid()));
                default -> { }
            }
        }
        return connectors.find(drc) != null;
    }

    /** The host bridge of a connector that is not on its first bus. */
    private Optional<PhbConfig> belowSlot(int drc) {
        return (drc >>> 8 & 0xff) == 0 ? Optional.empty()
                : machine.bridgeOfIndex(drc >>> 16 & 0xfff).filter(bridge -> hypervisor.phb(bridge.buid()) != null);
    }

    /** Something that came from outside the guest, or that a connector's call did. */
    void event(RecordedCall event) {
        int drc = event.connector();
        switch (event.operation()) {
            case "EV_WINDOW_ENABLE" -> enable(event);
            case "EV_WINDOW_DISABLE" -> hypervisor.disableWindow(event.liobn());
            case "EV_TABLE_ZERO" -> {
                TceTable table = hypervisor.window(event.liobn());
                if (table != null) {
                    table.clear();
                }
            }
            case "EV_PHB_GONE" -> hypervisor.removePhb(event.buid());
            case "EV_PHB_NEW" -> machine.bridge(event.buid()).ifPresent(bridge -> QemuMachine.addBridge(hypervisor, bridge));
            case "EV_DRC_ATTACH" -> {
                if (isThere(drc)) {
                    hypervisor.connectors().attach(drc, machine.device(drc, hypervisor.connectors()));
                }
            }
            case "EV_DRC_UNPLUG_REQUEST" -> {
                if (isThere(drc)) {
                    hypervisor.connectors().requestUnplug(drc);
                }
            }
            default -> { }
        }
    }

    private void enable(RecordedCall event) {
        Phb owner = machine.bridges().stream().filter(b -> b.liobns().contains(event.liobn())).findFirst()
                .map(b -> hypervisor.phb(b.buid())).orElse(null);
        boolean isDefault = machine.bridges().stream().anyMatch(b -> b.liobns().getFirst() == event.liobn());
        hypervisor.enableWindow(owner, event.liobn(), event.start(), event.pageShift(), event.entries(), isDefault);
    }

    /** Makes the call. True if it is answered as recorded. */
    boolean answer(RecordedCall call) {
        current = call;
        switch (call.operation()) {
            case "RTAS" -> {
                return rtas(call);
            }
            case "EV_DMA_XLATE" -> {
                return accessed(call);
            }
            case "H_PUT_TCE" -> code = hypervisor.tce().hPutTce(call.arg(0), call.arg(1), call.arg(2));
            case "H_STUFF_TCE" -> code = hypervisor.tce().hStuffTce(call.arg(0), call.arg(1), call.arg(2), call.arg(3));
            case "H_PUT_TCE_INDIRECT" -> code = hypervisor.tce().hPutTceIndirect(call.arg(0), call.arg(1), call.arg(2), list, call.arg(3));
            case "H_GET_TCE" -> {
                code = hypervisor.tce().hGetTce(call.arg(0), call.arg(1));
                return code == call.code() && (code != 0 || call.outCount() == 0 || hypervisor.tce().output() == call.out(0));
            }
            default -> code = Hcall.H_FUNCTION;
        }
        return code == call.code();
    }

    private boolean rtas(RecordedCall call) {
        int[] args = inputs[call.inputs()];
        for (int i = 0; i < args.length; i++) {
            args[i] = (int) call.arg(i);
        }
        answered = outputs[call.outputs()];
        Arrays.fill(answered, UNTOUCHED);
        area = call.call().equals(CONFIGURE) ? workArea(call) : null;
        if (args.length > 1 && (call.call().equals("set-indicator") || call.call().equals("get-sensor-state"))) {
            named(args, call.code());
        }
        code = hypervisor.rtas((int) call.token(), args, answered, area);
        return code == call.hcallCode() && answered[0] == (int) call.code() && sameWords(call) && sameNode(call);
    }

    /** The work area of a call; what its connector leaves open is as recorded. */
    private WorkArea workArea(RecordedCall call) {
        int drc = call.connector() == 0 ? askedFor(call) : call.connector();
        Connector connector = hypervisor.connectors().find(drc);
        if (connector != null) {
            call.settle(connector);
        }
        return new WorkArea(drc);
    }

    private void named(int[] args, long status) {
        if (status != RtasStatus.PARAM_ERROR) {
            isThere(args[1]);
        }
        named.add(args[1]);
        if (args.length > 2 && args[0] == DrcTokens.ISOLATION_STATE && args[2] == 1) {
            lastUnisolated = args[1];
        }
    }

    /**
     * The connector in a work area that is not recorded: the one that the guest has just taken; of a call that was refused, one named
     * before for which there is a reason.
     */
    private int askedFor(RecordedCall call) {
        if (call.code() >= 0) {
            return lastUnisolated;
        }
        for (int drc : named) {
            Connector connector = hypervisor.connectors().find(drc);
            if (call.code() == RtasStatus.CC_NOT_CONFIGURABLE ? connector != null && connector.isIsolated() : connector == null) {
                return drc;
            }
        }
        return lastUnisolated;
    }

    private boolean sameWords(RecordedCall call) {
        if (!everyWordCounts && call.code() != 0) {
            return true;
        }
        for (int i = 0; i < call.outCount(); i++) {
            if (answered[i + 1] != (int) call.out(i)) {
                return false;
            }
        }
        return true;
    }

    private boolean sameNode(RecordedCall call) {
        if (area == null || call.code() != RtasStatus.CC_NEXT_CHILD && call.code() != RtasStatus.CC_NEXT_PROPERTY) {
            return true;
        }
        return area.name().equals(call.nodeName()) && (call.code() == RtasStatus.CC_NEXT_CHILD || area.length() == call.nodeLength());
    }

    private boolean accessed(RecordedCall call) {
        TceTable table = hypervisor.window(call.liobn());
        long entry = entry(table, call.busAddress());
        long page = table == null ? 0 : entry & -table.pageSize();
        return (entry & TceTable.PERM_MASK) == call.permission()
                && (call.permission() == 0 || page == (call.physical() & -table.pageSize()));
    }

    private static long entry(TceTable table, long busAddress) {
        return table == null || !table.contains(busAddress) ? 0 : table.get(table.indexOf(busAddress));
    }

    /** What was answered last, in words. */
    String given(RecordedCall call) {
        return switch (call.operation()) {
            case "RTAS" -> RecordedText.rtas(code, answered[0], answered.length - 1,
                    word -> Integer.toUnsignedLong(answered[word + 1]), area == null ? "" : area.name(), area == null ? 0 : area.length());
            case "H_GET_TCE" -> RecordedText.code(code, hypervisor.tce().output());
            case "EV_DMA_XLATE" -> {
                long entry = entry(hypervisor.window(call.liobn()), call.busAddress());
                yield RecordedText.access(entry & ~TceTable.PERM_MASK, entry & TceTable.PERM_MASK);
            }
            default -> Long.toString(code);
        };
    }

    /** What decided the answer: the window, or the connector. */
    String state(RecordedCall call) {
        if (!call.isRtas()) {
            boolean access = call.operation().equals("EV_DMA_XLATE");
            return window(access ? call.liobn() : call.arg(0), access ? call.busAddress() : call.arg(1));
        }
        if (call.call().contains("pe-dma-window")) {
            return bridges();
        }
        int drc = area != null ? area.drcIndex() : (int) call.arg(1);
        Connector connector = hypervisor.connectors().find(drc);
        return "connector " + CallText.hex(Integer.toUnsignedLong(drc)) + (connector == null ? ": there is none"
                : ": " + connector.state() + (connector.isPresent() ? ", something plugged in" : ", empty")
                        + (connector.isUnplugRequested() ? ", asked to go" : ""));
    }

    private String bridges() {
        StringBuilder text = new StringBuilder();
        for (PhbConfig config : machine.bridges()) {
            Phb phb = hypervisor.phb(config.buid());
            text.append(text.isEmpty() ? "" : "; ").append("bridge ").append(CallText.hex(config.buid()))
                    .append(phb == null ? " is gone" : phb.windows().isEmpty() ? " has no window" : " has windows");
            if (phb != null) {
                phb.windows().forEach(w -> text.append(' ').append(CallText.hex(w.liobn())));
            }
        }
        return text.toString();
    }

    private String window(long liobn, long busAddress) {
        TceTable table = hypervisor.window(liobn);
        if (table == null) {
            return "no window has the number " + CallText.hex(liobn);
        }
        String where = table.contains(busAddress) ? "entry " + CallText.hex(table.indexOf(busAddress)) + " is "
                + CallText.hex(entry(table, busAddress)) + " now" : "the address is outside";
        return "window " + CallText.hex(liobn) + ": " + CallText.hex(table.entries()) + " entries of "
                + CallText.hex(table.pageSize()) + " bytes from " + CallText.hex(table.base()) + "; " + where;
    }
}
