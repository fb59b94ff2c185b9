package io.dmalab.platform.pseries.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.platform.pseries.hypervisor.PartitionMemory.Ownership;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;

/** A hypervisor of any profile with 1 GiB of the partition's memory and one bridge, and the calls that experiments make. */
final class ProfileBench {
    static final long LIST = 0x12000;
    static final long FOREIGN = 1L << 40;
    private static final long RAM = 1L << 30;
    private static final long[] ENTRIES = {0x10003, 0x20003, 0x30003, 0x40003};

    final Hypervisor hypervisor;
    final TceHcalls tce;
    final Phb phb;
    final TceTable window;
    final long liobn;

    ProfileBench(HypervisorProfile profile) {
        hypervisor = new Hypervisor(profile, (address, bytes) -> address < RAM ? Ownership.OWNED : Ownership.FOREIGN);
        tce = hypervisor.tce();
        phb = hypervisor.addPhb(PhbConfig.of(profile, 1));
        window = phb.windows().getFirst();
        liobn = window.liobn();
    }

    /** A profile with one property of another one. @param property {@code group.name} */
    static HypervisorProfile with(HypervisorProfile profile, HypervisorProfile from, String property) {
        String name = property.substring(property.indexOf('.') + 1);
        return new HypervisorProfile(profile.name(),
                property.startsWith("tce.") ? with(profile.tce(), from.tce(), name) : profile.tce(),
                property.startsWith("ddw.") ? with(profile.ddw(), from.ddw(), name) : profile.ddw(),
                property.startsWith("drc.") ? with(profile.drc(), from.drc(), name) : profile.drc());
    }

    private static <T extends Record> T with(T rules, T from, String name) {
        RecordComponent[] components = rules.getClass().getRecordComponents();
        try {
            Object[] values = new Object[components.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = components[i].getAccessor().invoke(components[i].getName().equals(name) ? from : rules);
            }
            @SuppressWarnings("unchecked") // the class of a T
            Class<T> type = (Class<T>) rules.getClass();
            Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    long indirect(long ioba, long list, long count) {
        return tce.hPutTceIndirect(liobn, ioba, list, i -> ENTRIES[i], count);
    }

    int[] call(RtasCall call, int outputs, int... args) {
        int[] rets = new int[outputs];
        hypervisor.rtas(call, args, rets);
        return rets;
    }

    int high(Phb bridge) {
        return (int) (bridge.config().buid() >>> 32);
    }

    int low(Phb bridge) {
        return (int) bridge.config().buid();
    }

    int[] query(Phb bridge, int outputs) {
        return call(RtasCall.QUERY_PE_DMA_WINDOW, outputs, 0, high(bridge), low(bridge));
    }

    int[] create(int pageShift, int windowShift) {
        return call(RtasCall.CREATE_PE_DMA_WINDOW, 4, 0, high(phb), low(phb), pageShift, windowShift);
    }

    void remove(long number) {
        assertThat(call(RtasCall.REMOVE_PE_DMA_WINDOW, 1, (int) number)[0]).isZero();
    }

    Phb sriovPort() {
        return hypervisor.addPhb(PhbConfig.sriov(hypervisor.profile(), 2));
    }

    /** Connectors that the partition uses. */
    int bridgeConnector() {
        return connector(Connector.Type.PHB, 1, phb.config().buid());
    }

    int functionConnector() {
        return connector(Connector.Type.PCI, 1 << 16, phb.config().buid());
    }

    int memoryConnector() {
        return connector(Connector.Type.LMB, 4, 0);
    }

    private int connector(Connector.Type type, int id, long buid) {
        int index = type.index(id);
        hypervisor.connectors().add(index, type, buid);
        hypervisor.connectors().attachCold(index, () -> new ConnectorNode("node", List.of(), List.of()));
        return index;
    }

    int isolate(int drc) {
        return call(RtasCall.SET_INDICATOR, 1, DrcTokens.ISOLATION_STATE, drc, 0)[0];
    }

    int setUnusable(int drc) {
        return call(RtasCall.SET_INDICATOR, 1, DrcTokens.ALLOCATION_STATE, drc, 0)[0];
    }
}
