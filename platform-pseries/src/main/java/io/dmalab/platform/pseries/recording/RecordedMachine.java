package io.dmalab.platform.pseries.recording;

import io.dmalab.api.guest.BadRecording;
import io.dmalab.platform.pseries.hypervisor.ConnectorNode;
import io.dmalab.platform.pseries.hypervisor.DrcConnectors;
import io.dmalab.platform.pseries.hypervisor.HypervisorProfile;
import io.dmalab.platform.pseries.hypervisor.PhbConfig;
import io.dmalab.platform.pseries.hypervisor.QemuMachine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The machine that a recording's header describes.
 *
 * @param ram         memory at the start, in bytes
 * @param cpus        processors
 * @param pageSize    the guest's pages, in bytes; 0 for a program without an operating system
 * @param release     what the guest says it is
 * @param profile     the hypervisor
 * @param bridges     host bridges in the header's order
 * @param vio         windows of virtual I/O devices
 * @param connectors  those with something plugged in at the start
 */
public record RecordedMachine(long ram, int cpus, int pageSize, String release, HypervisorProfile profile, List<PhbConfig> bridges,
        List<VioWindow> vio, List<Integer> connectors) {
    /** A fixed window. */
    public record VioWindow(long liobn, long start, long bytes, int pageShift) {}

    /** The machine of a recording's header. @throws BadRecording if it describes none */
    static RecordedMachine of(RecordingReader recording) {
        try {
            return of(recording.header());
        } catch (IllegalArgumentException | ClassCastException | NullPointerException e) {
            throw recording.badHeader("the header does not describe a machine (" + e.getMessage()
                    + "); give a recording as docs/conform.md describes it", e);
        }
    }

    /** The machine of a recording that was made of a kernel. @throws BadRecording if it was not */
    public static RecordedMachine withGuest(RecordingReader recording) {
        RecordedMachine machine = of(recording);
        if (machine.pageSize() == 0) {
            throw recording.badHeader("the header names no guest's page_size; give the recording of a kernel (kind linux)", null);
        }
        return machine;
    }

    private static RecordedMachine of(Map<String, Object> header) {
        Map<?, ?> machine = (Map<?, ?>) Objects.requireNonNull(header.get("machine"), "no machine");
        Map<?, ?> guest = (Map<?, ?>) Objects.requireNonNull(header.get("guest"), "no guest");
        long block = number(machine, "max_tces");
        int windows = (int) number(machine, "max_windows");
        List<PhbConfig> bridges = new ArrayList<>();
        HypervisorProfile profile = HypervisorProfile.QEMU.withDdw(ddw -> ddw.largestBlock(block).windowsMax(windows));
        list(machine, "phbs").forEach(one -> bridges.add(bridge(profile, (Map<?, ?>) one, windows)));
        List<VioWindow> vio = list(machine, "vio").stream().map(one -> (Map<?, ?>) one).map(one -> new VioWindow(
                number(one, "liobn"), number(one, "start"), number(one, "size"), (int) number(one, "page_shift"))).toList();
        List<?> attached = machine.get("drcs_attached") instanceof List<?> drcs ? drcs : List.of();
        List<Integer> connectors = attached.stream().map(drc -> (int) JsonLine.number(drc)).toList();
        return new RecordedMachine(number(machine, "ram"), (int) number(machine, "cpus"), pageSize(guest),
                (String) guest.get("what"), profile, bridges, vio, connectors);
    }

    private static int pageSize(Map<?, ?> guest) {
        return guest.get("page_size") == null ? 0 : (int) number(guest, "page_size");
    }

    private static List<?> list(Map<?, ?> map, String name) {
        return (List<?>) Objects.requireNonNull(map.get(name), "no " + name);
    }

    private static PhbConfig bridge(HypervisorProfile profile, Map<?, ?> phb, int windows) {
        List<Long> liobns = new ArrayList<>();
        liobns.add(number(phb, "liobn"));
        list(phb, "ddw_liobns").forEach(liobn -> liobns.add(JsonLine.number(liobn)));
        return new PhbConfig(number(phb, "buid"), (int) number(phb, "index"), liobns, Math.min(windows, liobns.size()),
                number(phb, "start"), number(phb, "size"), (int) number(phb, "page_shift"), Boolean.TRUE.equals(phb.get("ddw")),
                number(phb, "dma64_win_addr"), number(phb, "pgsz"));
    }

    private static long number(Map<?, ?> map, String name) {
        return JsonLine.number(Objects.requireNonNull(map.get(name), "no " + name));
    }

    /** The profile of the kernel that was recorded: the nearest there is. */
    public String kernel() {
        return release.startsWith("Linux 6.1.") ? "v6.4" : "v6.12.95";
    }

    /**
     * What is plugged into a connector. Of PCI functions a header says no more than where they are, of processors nothing: the first answers
     * of the recording settle what is left open, within what a function can have.
     */
    public Supplier<ConnectorNode> device(int drc, DrcConnectors connectors) {
        return switch (drc >>> 28) {
            case 1 -> ConnectorNode::unknown;
            case 2 -> () -> bridgeOfIndex(drc & 0xfff_ffff).map(bridge -> QemuMachine.phbNode(connectors, bridge)).orElse(null);
            case 4 -> () -> QemuMachine.anyPciNode(drc & 0xff);
            case 8 -> () -> QemuMachine.memoryNode(drc);
            default -> () -> null;
        };
    }

    public Optional<PhbConfig> bridge(long buid) {
        return bridges.stream().filter(bridge -> bridge.buid() == buid).findFirst();
    }

    public Optional<PhbConfig> bridgeOfIndex(int index) {
        return bridges.stream().filter(bridge -> bridge.index() == index).findFirst();
    }

    /** Device functions on a bridge's bus 0 that are there from the start. */
    public List<Integer> functions(PhbConfig bridge) {
        return connectors.stream().filter(drc -> drc >>> 28 == 4 && (drc >>> 16 & 0xfff) == bridge.index())
                .map(drc -> drc & 0xff).sorted().toList();
    }
}
