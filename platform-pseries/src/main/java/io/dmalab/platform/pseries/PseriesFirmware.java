package io.dmalab.platform.pseries;

import io.dmalab.api.config.ByteSize;
import io.dmalab.platform.pseries.PseriesOptions.Adapter;
import io.dmalab.platform.pseries.hvcall.FirmwareFeatures;
import io.dmalab.platform.pseries.hypervisor.CreateFaultPolicy;
import io.dmalab.platform.pseries.hypervisor.DdwRules;
import io.dmalab.platform.pseries.hypervisor.Hypervisor;
import io.dmalab.platform.pseries.hypervisor.HypervisorProfile;
import io.dmalab.platform.pseries.hypervisor.PartitionMemory;
import io.dmalab.platform.pseries.hypervisor.PhbConfig;
import io.dmalab.platform.pseries.hypervisor.RtasStatus;
import java.util.function.UnaryOperator;

/** Turns the platform's options into a hypervisor and its host bridges. */
final class PseriesFirmware {
    /** Unit id of the bridge of PCI domain 0. */
    private static final long BUID_BASE = 0x0800_0000_2000_0000L;
    /** PCI domain of the machine's first slot, as in the seed. */
    private static final int FIRST_DOMAIN = 0x18;

    private PseriesFirmware() {}

    /**
     * @param guarded isolating is refused while a window has valid entries, whatever the options say
     * @param offer   what the IOMMU backend makes of the hypervisor's offer
     */
    static HypervisorProfile profile(PseriesOptions options, boolean guarded, UnaryOperator<HypervisorProfile> offer) {
        HypervisorProfile base = options.hypervisor() == PseriesOptions.Hypervisor.QEMU ? HypervisorProfile.QEMU : HypervisorProfile.PHYP;
        long sizes = pageSizes(options);
        HypervisorProfile given = base
                .withTce(tce -> tce.multiTceOffered(options.multiTce()))
                .withDdw(ddw -> ddw.pageSizes(sizes).largestBlock(options.largestBlock()).createEntriesMax(options.largestBlock())
                        .defaultWindowBytes(options.defaultWindow().bytes()).liobnReuse(reuse(options, base.ddw())))
                .withDrc(drc -> drc.withIsolateRefusedWhileLive(options.isolateRefusedWhileLive() || guarded));
        return offer.apply(given);
    }

    /** Bit n stands for pages of 2^n bytes. */
    private static long pageSizes(PseriesOptions options) {
        long sizes = 0;
        for (ByteSize size : options.pageSizes()) {
            sizes |= size.bytes();
        }
        return sizes;
    }

    private static DdwRules.LiobnReuse reuse(PseriesOptions options, DdwRules rules) {
        return switch (options.liobnReuse()) {
            case SAME_SLOT -> rules.liobnReuse();
            case ANY_SLOT -> DdwRules.LiobnReuse.ANY_PE;
            case NEVER -> DdwRules.LiobnReuse.NEVER;
        };
    }

    static Hypervisor hypervisor(PseriesOptions options, HypervisorProfile profile, long memoryBytes) {
        Hypervisor hypervisor = new Hypervisor(profile, PartitionMemory.upTo(memoryBytes));
        if (options.createBusy() > 0) {
            hypervisor.setCreateFaults(CreateFaultPolicy.busy(options.createBusy(), RtasStatus.EXTENDED_DELAY_MIN + 1));
        }
        return hypervisor;
    }

    static FirmwareFeatures features(PseriesOptions options) {
        FirmwareFeatures features = new FirmwareFeatures(true, true, options.hcallTime().nanos(), options.tceTime().nanos(),
                options.rtasTime().nanos());
        return options.multiTce() ? features : features.withoutMultiTce();
    }

    /** PCI domain of a slot. @param index 0 for the machine's first */
    static int domain(int index) {
        return FIRST_DOMAIN + index;
    }

    /** The bridge of a slot. The numbering makes the first slot's created window LIOBN 0x70000016 under PowerVM. */
    static PhbConfig bridge(PseriesOptions options, HypervisorProfile profile, int index) {
        PhbConfig config = options.adapter() == Adapter.SRIOV ? PhbConfig.sriov(profile, index + 1) : PhbConfig.of(profile, index + 1);
        return config.withBuid(BUID_BASE + domain(index)).withDdwOffered(options.ddw());
    }
}
