package io.dmalab.platform.pseries.guest;

import io.dmalab.api.device.Action;
import io.dmalab.api.device.HotplugEvent.MemoryChanged;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.platform.pseries.hvcall.Firmware;
import io.dmalab.platform.pseries.hypervisor.PhbConfig;
import io.dmalab.platform.pseries.hypervisor.TceTable;
import io.dmalab.platform.pseries.recording.CallText;
import io.dmalab.platform.pseries.recording.RecordedCall;
import io.dmalab.platform.pseries.recording.RecordedMachine;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;

/**
 * Makes our guest do what the recorded kernel was asked to do, and compares the calls that come of it. What was asked is taken from the
 * recorded kernel's next call; from then on our code makes the calls, and each is held against the recorded one. A task of its own on each
 * processor, one at a time, as the recording goes.
 */
public final class GuestReplay implements Action {
    private final Kernel kernel;
    private final Firmware firmware;
    private final GuestMachine machine;
    private final Connectors connectors;
    private Recording recording;
    private Tally tally;
    private Comparison comparison;
    private Mappings mappings;

    @Inject
    GuestReplay(Kernel kernel, Firmware firmware, GuestMachine machine, Connectors connectors) {
        this.kernel = kernel;
        this.firmware = firmware;
        this.machine = machine;
        this.connectors = connectors;
    }

    @Override
    public String comm() {
        return "replay";
    }

    @Override
    public void run() {
        recording = machine.recording();
        tally = new Tally(kernel.trace(), recording::bytesRead);
        comparison = new Comparison(firmware.hypervisor().connectors(), recording, tally, kernel.sched());
        mappings = new Mappings(machine, recording, tally, comparison, kernel.sched(), kernel.pages().pageShift());
        connectors.start(recording, tally, comparison);
        firmware.tap(comparison);
        for (RecordedCall line = next(); line != null; line = next()) {
            kernel.sched().spawn("replay/" + line.cpu(), Math.max(0, line.cpu()), this::onThisCpu).join();
        }
        firmware.tap(null);
        recording.close();
        tally.sums();
    }

    /** The next call; what the platform did before it is done. */
    private RecordedCall next() {
        RecordedCall line = recording.peek();
        while (line != null && !line.isCall()) {
            connectors.event(recording.take());
            line = recording.peek();
        }
        return line;
    }

    private void onThisCpu() {
        int cpu = kernel.sched().cpu();
        for (RecordedCall line = next(); line != null && line.cpu() == cpu; line = next()) {
            if (line.operation().equals("RTAS")) {
                rtas(line);
            } else {
                hcall(line);
            }
        }
    }

    private void hcall(RecordedCall line) {
        List<GuestMachine.User> users = machine.users(line.arg(0));
        boolean clears = line.operation().equals("H_STUFF_TCE");
        boolean clearsWindow = clears && begins(line) && !mappings.isMapped(line.arg(0), line.arg(1));
        if (clearsWindow && machine.hasCreated(line.arg(0))) {
            comparison.phase("removal", () -> "the nodes of the bridge with window 0x" + Long.toHexString(line.arg(0)) + " are detached");
            machine.detachBridge(line.arg(0));
        } else if (users.isEmpty()) {
            withoutTable(line, clearsWindow && line.written() > 1);
        } else if (clears) {
            mappings.unmap(line, users);
        } else {
            mappings.map(line, users);
        }
    }

    /** No table of ours leads to the window: it is mapped directly, or not set up yet. */
    private void withoutTable(RecordedCall line, boolean clearsWindow) {
        Optional<TceTable> direct = machine.directWindow(line.arg(0));
        if (direct.isPresent()) {
            memory(line, direct.get());
        } else if (clearsWindow) {
            setUp(line);
        } else {
            carryOut(line, "firmware before the kernel set up the window");
        }
    }

    /** The call is at the first entry of its window. */
    private boolean begins(RecordedCall line) {
        return line.arg(1) == machine.base(line.arg(0));
    }

    /** The kernel clears a window it has no table for yet: it has found a bridge or a virtual I/O device. */
    private void setUp(RecordedCall line) {
        Optional<PhbConfig> bridge = machine.bridgeToSetUp(line.arg(0));
        Optional<RecordedMachine.VioWindow> vio = machine.vioToSetUp(line.arg(0));
        if (bridge.isPresent()) {
            comparison.phase("set-up", () -> "the table of bridge " + Long.toHexString(bridge.get().buid()));
            machine.setUp(bridge.get());
        } else if (vio.isPresent()) {
            comparison.phase("set-up", () -> "the table of virtual I/O window " + Long.toHexString(vio.get().liobn()));
            machine.setUp(vio.get());
        } else {
            notMade(line, "set-up", "there is nothing to set up behind this window");
        }
    }

    private void rtas(RecordedCall line) {
        switch (line.call()) {
            case "ibm,query-pe-dma-window" -> {
                comparison.phase("dynamic window", () -> "a driver asks for a mask of 64 bits");
                tally.choice("device whose driver asks for a mask of 64 bits, and when");
                if (!machine.widenMask(line.arg(0), line.arg(1) << 32 | line.arg(2) & 0xffff_ffffL)) {
                    notMade(line, "dynamic window", "there is no such device");
                } else if (recording.peekCall(line.cpu()) == line) {
                    notMade(line, "dynamic window", "our kernel does not ask");
                }
            }
            case "ibm,create-pe-dma-window", "ibm,remove-pe-dma-window", "ibm,reset-pe-dma-window" ->
                notMade(line, "dynamic window", "our kernel does not make this call here");
            default -> connectors.call(line);
        }
    }

    /** Memory that comes or goes under a directly mapped window. */
    private void memory(RecordedCall line, TceTable window) {
        boolean set = !line.operation().equals("H_STUFF_TCE");
        long start = line.arg(1) - window.base();
        long bytes = line.written() << window.pageShift();
        comparison.phase("memory", () -> "memory from 0x" + Long.toHexString(start));
        tally.choice("memory that goes online or offline");
        MemoryChanged.Phase phase = set ? MemoryChanged.Phase.GOING_ONLINE : MemoryChanged.Phase.OFFLINE;
        kernel.devices().memoryChain().call(new MemoryChanged(phase, start, bytes));
        if (recording.peekCall(line.cpu()) == line) {
            notMade(line, "memory", "our kernel leaves the window as it is");
        }
    }

    private void notMade(RecordedCall line, String phase, String why) {
        recording.take(line);
        tally.differed(phase, line.sequence(), CallText.of(line), "nothing", why);
        machine.carryOut(line);
    }

    private void carryOut(RecordedCall line, String whose) {
        recording.take(line);
        tally.carriedOut(whose);
        machine.carryOut(line);
    }
}
