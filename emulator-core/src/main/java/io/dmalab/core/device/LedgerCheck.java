package io.dmalab.core.device;

import io.dmalab.api.dma.DmaDirection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What the ledger's entries should be like, and how they differ from what they are. */
final class LedgerCheck {
    private static final DmaDirection[] DIRECTIONS = DmaDirection.values();

    private LedgerCheck() {}

    /** In words, how a mapping and its unmapping differ. */
    static String difference(long mapped, long unmapped) {
        List<String> differences = new ArrayList<>();
        if (MappingTable.bytes(mapped) != MappingTable.bytes(unmapped)) {
            differences.add("size " + MappingTable.bytes(mapped) + " against " + MappingTable.bytes(unmapped));
        }
        if (MappingTable.direction(mapped) != MappingTable.direction(unmapped)) {
            differences.add("direction " + direction(mapped) + " against " + direction(unmapped));
        }
        if (((mapped ^ unmapped) & MappingTable.COHERENT) != 0) {
            differences.add("kind " + kind(mapped) + " against " + kind(unmapped));
        }
        if (((mapped ^ unmapped) & MappingTable.DIRECT) != 0) {
            differences.add("way " + way(mapped) + " against " + way(unmapped));
        }
        return String.join(", ", differences);
    }

    static DmaDirection direction(long meta) {
        return DIRECTIONS[MappingTable.direction(meta)];
    }

    static String kind(long meta) {
        return (meta & MappingTable.COHERENT) == 0 ? "streaming" : "coherent";
    }

    private static String way(long meta) {
        return (meta & MappingTable.DIRECT) == 0 ? "through the IOMMU" : "direct";
    }

    static List<String> verify(DeviceImpl device) {
        MappingTable table = device.mappings;
        List<Integer> slots = new ArrayList<>();
        table.forEachSlot(slots::add);
        List<String> wrong = new ArrayList<>();
        if (slots.size() != table.size()) {
            wrong.add(device + ": the ledger counts " + table.size() + " mappings and holds " + slots.size());
        }
        long coherent = slots.stream().filter(slot -> (table.meta(slot) & MappingTable.COHERENT) != 0).count();
        if (coherent != table.coherent()) {
            wrong.add(device + ": the ledger counts " + table.coherent() + " coherent mappings and holds " + coherent);
        }
        slots.removeIf(slot -> (table.meta(slot) & MappingTable.DIRECT) != 0);
        overlaps(device, slots, wrong);
        againstBackend(device, slots.size(), wrong);
        return wrong;
    }

    private static void overlaps(DeviceImpl device, List<Integer> slots, List<String> wrong) {
        MappingTable table = device.mappings;
        slots.sort(Comparator.comparing(table::address, Long::compareUnsigned));
        for (int i = 1; i < slots.size(); i++) {
            int before = slots.get(i - 1);
            long gap = table.address(slots.get(i)) - table.address(before);
            if (gap < MappingTable.bytes(table.meta(before))) {
                wrong.add(device + ": mappings at " + DmaLedger.hex(table.address(before)) + " and "
                        + DmaLedger.hex(table.address(slots.get(i))) + " overlap");
            }
        }
    }

    /** After unbind the platform may have torn the translation down, and asking it would be an access to freed memory. */
    private static void againstBackend(DeviceImpl device, int throughIommu, List<String> wrong) {
        if (!device.bound() || device.backend == null) {
            return;
        }
        boolean expected = throughIommu > 0 || device.mappings.dropped > 0;
        if (device.backend.inUse(device) != expected) {
            wrong.add(device + ": the ledger holds " + throughIommu + " mappings through the IOMMU, " + device.mappings.dropped
                    + " unmaps were dropped, and the backend says it is " + (expected ? "not " : "") + "in use");
        }
    }
}
