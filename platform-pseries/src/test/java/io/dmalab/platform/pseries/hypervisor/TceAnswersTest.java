package io.dmalab.platform.pseries.hypervisor;

import static io.dmalab.platform.pseries.hypervisor.Hcall.H_FUNCTION;
import static io.dmalab.platform.pseries.hypervisor.Hcall.H_P4;
import static io.dmalab.platform.pseries.hypervisor.Hcall.H_PARAMETER;
import static io.dmalab.platform.pseries.hypervisor.Hcall.H_PARTIAL;
import static io.dmalab.platform.pseries.hypervisor.Hcall.H_RESCINDED;
import static io.dmalab.platform.pseries.hypervisor.Hcall.H_SUCCESS;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.platform.pseries.hypervisor.PartitionMemory.Ownership;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The rows of the table "Result for every input" in facts/tce-hcalls.md section 4, the columns QEMU and LoPAR (which PHYP follows here).
 */
class TceAnswersTest {
    private static final long RAM = 1L << 30;
    private static final long FOREIGN = 1L << 40;
    private static final long RESCINDED = 1L << 41;
    private static final long LIST = 0x12000;
    private static final long UNKNOWN = 0x1234;
    private static final long[] THREE = {0x10003, 0x20003, 0x30003, 0x40003};

    private final Machine qemu = new Machine(HypervisorProfile.QEMU);
    private final Machine phyp = new Machine(HypervisorProfile.PHYP);

    /** A bridge with its default window, 4 KiB pages at bus address 0. */
    private static final class Machine {
        final Hypervisor hypervisor;
        final TceHcalls tce;
        final Phb phb;
        final TceTable window;
        final long liobn;
        final long end;

        Machine(HypervisorProfile profile) {
            hypervisor = new Hypervisor(profile, Machine::owner);
            tce = hypervisor.tce();
            phb = hypervisor.addPhb(PhbConfig.of(profile, 1));
            window = phb.windows().getFirst();
            liobn = window.liobn();
            end = window.sizeBytes();
        }

        private static Ownership owner(long address, long bytes) {
            if (address == RESCINDED) {
                return Ownership.RESCINDED;
            }
            return address < RAM ? Ownership.OWNED : Ownership.FOREIGN;
        }

        long indirect(long ioba, long list, long count) {
            return tce.hPutTceIndirect(liobn, ioba, list, i -> THREE[i % THREE.length], count);
        }

        int create(int pageShift, int windowShift) {
            int[] rets = new int[4];
            long buid = phb.config().buid();
            hypervisor.rtas(RtasCall.CREATE_PE_DMA_WINDOW, new int[] {0, (int) (buid >>> 32), (int) buid, pageShift, windowShift}, rets);
            assertThat(rets[0]).isZero();
            return rets[1];
        }
    }

    private void every(long liobn, long ioba, long expected) {
        for (Machine m : new Machine[] {qemu, phyp}) {
            assertThat(m.tce.hPutTce(liobn, ioba, 0x10003)).isEqualTo(expected);
            assertThat(m.tce.hGetTce(liobn, ioba)).isEqualTo(expected);
            assertThat(m.tce.hStuffTce(liobn, ioba, 0, 1)).isEqualTo(expected);
            assertThat(m.tce.hPutTceIndirect(liobn, ioba, THREE, 1)).isEqualTo(expected);
        }
    }

    @Test
    @DisplayName("tce-hcalls.md 4: liobn beyond 32 bits: H_PARAMETER")
    void wideLiobn() {
        every(1L << 32 | qemu.liobn, 0, H_PARAMETER);
        every(1L << 32 | phyp.liobn, 0, H_PARAMETER);
    }

    @Test
    @DisplayName("tce-hcalls.md 4 and invariant 1: unknown liobn: H_PARAMETER, without effect")
    void unknownLiobn() {
        every(UNKNOWN, 0, H_PARAMETER);
        assertThat(qemu.hypervisor.window(UNKNOWN)).isNull();
        assertThat(qemu.window.liveEntries() + phyp.window.liveEntries()).isZero();
    }

    @Test
    @DisplayName("tce-hcalls.md 4 and invariant 1: removed window: H_PARAMETER on every call")
    void removedWindow() {
        for (Machine m : new Machine[] {qemu, phyp}) {
            long liobn = Integer.toUnsignedLong(m.create(16, 30));
            assertThat(m.tce.hPutTce(liobn, 1L << 59, 0x10003)).isEqualTo(H_SUCCESS);
            int[] rets = new int[1];
            m.hypervisor.rtas(RtasCall.REMOVE_PE_DMA_WINDOW, new int[] {(int) liobn}, rets);
            assertThat(rets[0]).isZero();
            every(liobn, 1L << 59, H_PARAMETER);
        }
    }

    @Test
    @DisplayName("tce-hcalls.md 4: ioba below the window or past its end: H_PARAMETER")
    void outside() {
        for (Machine m : new Machine[] {qemu, phyp}) {
            long liobn = Integer.toUnsignedLong(m.create(16, 30));
            for (long ioba : new long[] {0, (1L << 59) - 0x10000, (1L << 59) + (1L << 30)}) {
                assertThat(m.tce.hPutTce(liobn, ioba, 0x10003)).isEqualTo(H_PARAMETER);
                assertThat(m.tce.hGetTce(liobn, ioba)).isEqualTo(H_PARAMETER);
                assertThat(m.tce.hStuffTce(liobn, ioba, 0, 1)).isEqualTo(H_PARAMETER);
                assertThat(m.tce.hPutTceIndirect(liobn, ioba, THREE, 1)).isEqualTo(H_PARAMETER);
            }
        }
    }

    @Test
    @DisplayName("tce-hcalls.md 4: misaligned ioba: rounded down by QEMU; refused under PHYP, which the sheet leaves open")
    void misaligned() {
        assertThat(qemu.tce.hPutTce(qemu.liobn, 0x1234, 0x10003)).isEqualTo(H_SUCCESS);
        assertThat(qemu.window.get(1)).isEqualTo(0x10003);
        assertThat(phyp.tce.hPutTce(phyp.liobn, 0x1234, 0x10003)).isEqualTo(H_PARAMETER);
        assertThat(phyp.window.liveEntries()).isZero();
    }

    @Test
    @DisplayName("tce-hcalls.md 4: range past the end: QEMU writes what fits and then answers H_PARAMETER, LoPAR writes nothing")
    void pastTheEnd() {
        assertThat(qemu.indirect(qemu.end - 0x2000, LIST, 4)).isEqualTo(H_PARAMETER);
        assertThat(qemu.window.liveEntries()).isEqualTo(2);
        assertThat(qemu.tce.hStuffTce(qemu.liobn, qemu.end - 0x1000, 0, 2)).isEqualTo(H_PARAMETER);
        assertThat(qemu.window.liveEntries()).isEqualTo(1);

        assertThat(phyp.indirect(phyp.end - 0x2000, LIST, 4)).isEqualTo(H_PARAMETER);
        assertThat(phyp.window.liveEntries()).isZero();
        phyp.indirect(phyp.end - 0x1000, LIST, 1);
        assertThat(phyp.tce.hStuffTce(phyp.liobn, phyp.end - 0x1000, 0, 2)).isEqualTo(H_PARAMETER);
        assertThat(phyp.window.liveEntries()).isEqualTo(1);
    }

    @Test
    @DisplayName("tce-hcalls.md 4: indirect count above 512: H_PARAMETER")
    void indirectCount() {
        assertThat(qemu.indirect(0, LIST, 513)).isEqualTo(H_PARAMETER);
        assertThat(phyp.indirect(0, LIST, 513)).isEqualTo(H_PARAMETER);
        assertThat(qemu.indirect(0, LIST, 512)).isEqualTo(H_SUCCESS);
        assertThat(phyp.indirect(0, LIST, 512)).isEqualTo(H_SUCCESS);
    }

    @Test
    @DisplayName("tce-hcalls.md 4: indirect list not 4 KiB aligned: H_PARAMETER")
    void indirectAlignment() {
        assertThat(qemu.indirect(0, LIST + 8, 1)).isEqualTo(H_PARAMETER);
        assertThat(phyp.indirect(0, LIST + 8, 1)).isEqualTo(H_PARAMETER);
    }

    @Test
    @DisplayName("tce-hcalls.md 4: indirect list outside the partition's memory: QEMU reads through, LoPAR answers H_PARAMETER")
    void indirectMemory() {
        assertThat(qemu.indirect(0, FOREIGN, 1)).isEqualTo(H_SUCCESS);
        assertThat(phyp.indirect(0, FOREIGN, 1)).isEqualTo(H_PARAMETER);
    }

    @Test
    @DisplayName("tce-hcalls.md 4: stuff count above 512: QEMU takes as many as the table has, LoPAR answers H_P4")
    void stuffCount() {
        assertThat(qemu.tce.hStuffTce(qemu.liobn, 0, 0, 513)).isEqualTo(H_SUCCESS);
        assertThat(qemu.tce.hStuffTce(qemu.liobn, 0, 0, qemu.window.entries())).isEqualTo(H_SUCCESS);
        assertThat(qemu.tce.hStuffTce(qemu.liobn, 0, 0, qemu.window.entries() + 1)).isEqualTo(H_PARAMETER);
        assertThat(phyp.tce.hStuffTce(phyp.liobn, 0, 0, 513)).isEqualTo(H_P4).isEqualTo(-57);
        assertThat(phyp.tce.hStuffTce(phyp.liobn, 0, 0, 512)).isEqualTo(H_SUCCESS);
    }

    @Test
    @DisplayName("tce-hcalls.md 4: count 0: QEMU's result is pre-set to H_PARAMETER, LoPAR's is H_SUCCESS")
    void countZero() {
        assertThat(qemu.indirect(0, LIST, 0)).isEqualTo(H_PARAMETER);
        assertThat(qemu.tce.hStuffTce(qemu.liobn, 0, 0, 0)).isEqualTo(H_PARAMETER);
        assertThat(phyp.indirect(0, LIST, 0)).isEqualTo(H_SUCCESS);
        assertThat(phyp.tce.hStuffTce(phyp.liobn, 0, 0, 0)).isEqualTo(H_SUCCESS);
    }

    @Test
    @DisplayName("tce-hcalls.md 4: stuff with a permission bit is stored by both, after LoPAR's check of the page")
    void stuffMaps() {
        for (Machine m : new Machine[] {qemu, phyp}) {
            assertThat(m.tce.hStuffTce(m.liobn, 0, 0x10003, 3)).isEqualTo(H_SUCCESS);
            assertThat(m.window.liveEntries()).isEqualTo(3);
        }
        assertThat(phyp.tce.hStuffTce(phyp.liobn, 0, FOREIGN | 3, 1)).isEqualTo(H_PARAMETER);
    }

    @Test
    @DisplayName("tce-hcalls.md 4: a page of somebody else: QEMU stores it, LoPAR answers H_PARAMETER")
    void foreignPage() {
        assertThat(qemu.tce.hPutTce(qemu.liobn, 0, FOREIGN | 3)).isEqualTo(H_SUCCESS);
        assertThat(phyp.tce.hPutTce(phyp.liobn, 0, FOREIGN | 3)).isEqualTo(H_PARAMETER);
        assertThat(phyp.tce.hPutTce(phyp.liobn, 0, FOREIGN)).as("no permission: the page means nothing").isEqualTo(H_SUCCESS);
    }

    @Test
    @DisplayName("tce-hcalls.md 4: a page that is not aligned to the window's page size is stored by both")
    void unalignedPage() {
        for (Machine m : new Machine[] {qemu, phyp}) {
            long liobn = Integer.toUnsignedLong(m.create(16, 30));
            assertThat(m.tce.hPutTce(liobn, 1L << 59, 0x11003)).isEqualTo(H_SUCCESS);
            assertThat(m.phb.translate((1L << 59) + 0x5678, true)).isEqualTo(0x15678);
        }
    }

    @Test
    @DisplayName("tce-hcalls.md 4: a rescinded resource: H_RESCINDED by LoPAR, not modelled by QEMU")
    void rescinded() {
        assertThat(phyp.tce.hPutTce(phyp.liobn, 0, RESCINDED | 3)).isEqualTo(H_RESCINDED).isEqualTo(-46);
        assertThat(qemu.tce.hPutTce(qemu.liobn, 0, RESCINDED | 3)).isEqualTo(H_SUCCESS);
    }

    @Test
    @DisplayName("tce-hcalls.md 4: get of an entry that names somebody else's page: QEMU its value, LoPAR H_PARTIAL and a masked page "
            + "number")
    void getForeign() {
        qemu.window.put(0, FOREIGN | 3);
        phyp.window.put(0, FOREIGN | 3);
        assertThat(qemu.tce.hGetTce(qemu.liobn, 0)).isEqualTo(H_SUCCESS);
        assertThat(qemu.tce.output()).isEqualTo(FOREIGN | 3);
        assertThat(phyp.tce.hGetTce(phyp.liobn, 0)).isEqualTo(H_PARTIAL);
        assertThat(phyp.tce.output()).isEqualTo(0xffff_ffff_ffff_f003L);
    }

    @Test
    @DisplayName("tce-hcalls.md 4 and invariant 9: get returns what was put, 0 for an entry never mapped")
    void get() {
        for (Machine m : new Machine[] {qemu, phyp}) {
            m.tce.hPutTce(m.liobn, 0x5000, 0x77001);
            assertThat(m.tce.hGetTce(m.liobn, 0x5000)).isEqualTo(H_SUCCESS);
            assertThat(m.tce.output()).isEqualTo(0x77001);
            assertThat(m.tce.hGetTce(m.liobn, 0x6000)).isEqualTo(H_SUCCESS);
            assertThat(m.tce.output()).isZero();
        }
    }

    @Test
    @DisplayName("tce-hcalls.md 4: a partition that lacks the call: H_FUNCTION")
    void lacking() {
        Machine none = new Machine(HypervisorProfile.PHYP.withTce(t -> t.multiTceOffered(false)));
        assertThat(none.tce.hStuffTce(none.liobn, 0, 0, 1)).isEqualTo(H_FUNCTION);
        assertThat(none.indirect(0, LIST, 1)).isEqualTo(H_FUNCTION);
        assertThat(none.tce.hPutTce(none.liobn, 0, 0x10003)).isEqualTo(H_SUCCESS);
        Machine bare = new Machine(HypervisorProfile.QEMU.withTce(t -> t.tceOffered(false)));
        assertThat(bare.tce.hPutTce(bare.liobn, 0, 0)).isEqualTo(H_FUNCTION);
        assertThat(bare.tce.hGetTce(bare.liobn, 0)).isEqualTo(H_FUNCTION);
    }

    @Test
    @DisplayName("tce-hcalls.md 4: LoPAR validates the whole list before it stores anything")
    void atomicity() {
        long[] list = {0x10003, FOREIGN | 3, 0x30003};
        assertThat(phyp.tce.hPutTceIndirect(phyp.liobn, 0, list, 3)).isEqualTo(H_PARAMETER);
        assertThat(phyp.window.liveEntries()).isZero();
        assertThat(qemu.tce.hPutTceIndirect(qemu.liobn, 0, list, 3)).isEqualTo(H_SUCCESS);
    }

    @Test
    @DisplayName("tce-hcalls.md invariant 10: a window that is made again is empty")
    void madeAgain() {
        for (Machine m : new Machine[] {qemu, phyp}) {
            long liobn = Integer.toUnsignedLong(m.create(16, 30));
            m.tce.hPutTce(liobn, 1L << 59, 0x10003);
            m.hypervisor.rtas(RtasCall.REMOVE_PE_DMA_WINDOW, new int[] {(int) liobn}, new int[1]);
            long again = Integer.toUnsignedLong(m.create(16, 30));
            assertThat(again).isEqualTo(liobn);
            assertThat(m.hypervisor.window(again).liveEntries()).isZero();
        }
    }

    @Test
    @DisplayName("tce-hcalls.md 2: an access outside a window or against the permission bits faults")
    void faults() {
        qemu.tce.hPutTce(qemu.liobn, 0x1000, 0x10001);
        assertThat(qemu.phb.translate(0x1008, false)).isEqualTo(0x10008);
        assertThat(qemu.phb.translate(0x1008, true)).isEqualTo(TceTable.FAULT);
        assertThat(qemu.phb.translate(0x2000, false)).isEqualTo(TceTable.FAULT);
        assertThat(qemu.phb.translate(qemu.end, false)).isEqualTo(TceTable.FAULT);
    }
}
