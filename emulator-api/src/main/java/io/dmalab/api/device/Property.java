package io.dmalab.api.device;

import java.util.Arrays;

/**
 * A device-tree property: big-endian 32-bit cells. Compared by value.
 *
 * @param name  e.g. {@code ibm,dma-window}
 * @param cells may be empty
 */
public record Property(String name, int... cells) {
    public Property {
        cells = cells.clone();
    }

    @Override
    public int[] cells() {
        return cells.clone();
    }

    public int length() {
        return cells.length * 4;
    }

    public int cell(int index) {
        return cells[index];
    }

    /** The 64-bit number in two cells, high first. */
    public long u64(int index) {
        return (long) cells[index] << 32 | cells[index + 1] & 0xffff_ffffL;
    }

    public Property renamed(String newName) {
        return new Property(newName, cells);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Property p && p.name.equals(name) && Arrays.equals(p.cells, cells);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(cells);
    }

    @Override
    public String toString() {
        return name + Arrays.toString(cells);
    }
}
