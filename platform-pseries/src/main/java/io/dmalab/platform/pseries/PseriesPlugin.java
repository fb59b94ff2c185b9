package io.dmalab.platform.pseries;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.device.Action;
import io.dmalab.api.device.Platform;
import io.dmalab.api.diagnose.Signature;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.guest.GuestConformance;
import io.dmalab.api.guest.GuestEvents;
import io.dmalab.api.guest.HypervisorConformance;
import io.dmalab.api.profile.ProfileSet;
import io.dmalab.api.recorded.TraceInterpreter;
import io.dmalab.api.timeout.TimeoutSource;
import io.dmalab.platform.pseries.diagnose.LateTceSignature;
import io.dmalab.platform.pseries.guest.GuestReplay;
import io.dmalab.platform.pseries.guest.RecordedGuest;
import io.dmalab.platform.pseries.guest.RecordingOptions;
import io.dmalab.platform.pseries.iommu.IommuTableBitmap;
import io.dmalab.platform.pseries.kernel.PseriesEvents;
import io.dmalab.platform.pseries.policy.TablePolicies;
import io.dmalab.platform.pseries.recording.HypervisorReplay;
import io.dmalab.platform.pseries.trace.PowerpcInterpreter;
import io.dmalab.platform.pseries.window.DdwBackend;
import io.dmalab.platform.pseries.window.DefaultWindowBackend;
import io.dmalab.platform.pseries.window.DirectWindowBackend;

/** The IBM POWER platform: hypervisor, iommu_table, dynamic DMA windows, DLPAR, and the policies that change them. */
public final class PseriesPlugin implements EmulatorPlugin {
    @Override
    public String id() {
        return "platform-pseries";
    }

    @Override
    public String summary() {
        return "IBM POWER partition: PowerVM or QEMU, iommu_table, dynamic DMA windows, DLPAR";
    }

    @Override
    public void register(Extensions extensions) {
        extensions.events(PseriesEvents.all());
        extensions.events(GuestEvents.all());
        extensions.add(Extension.of(Platform.class, "pseries", PseriesPlatform.class, "IBM POWER partition with hot-pluggable PCI devices")
                .options(PseriesOptions.class)
                .description("""
                        Models arch/powerpc/kernel/iommu.c, arch/powerpc/platforms/pseries/iommu.c and dlpar.c, rpadlpar and drmgr over a
                        hypervisor. The defaults are the machine of the seed's report; drc-type chooses among the three removal sequences.
                        """));
        extensions.add(DmaAllocator.class, "iommu-table-bitmap", IommuTableBitmap.class, "the iommu_table's bitmap with pools and hints");
        extensions.add(TimeoutSource.class, "pseries", PseriesTimeouts.class,
                "the waits of draining policies in the reconfiguration notifier");
        extensions.add(ProfileSet.class, "hypervisor", HypervisorProfiles.class,
                "hypervisors: how calls are answered where references disagree, chosen by the platform's option 'hypervisor'");
        extensions.add(Extension.of(Platform.class, "pseries-recording", RecordedPlatform.class,
                "the machine of a recording, for its replay")
                .options(RecordingOptions.class)
                .description("Hypervisor, bridges and devices as the recording's header has them; the action replay-guest does the rest."));
        extensions.add(Action.class, "replay-guest", GuestReplay.class, "makes the guest do what the recorded kernel was asked to do");
        extensions.add(GuestConformance.class, "tce-trace", RecordedGuest.class, "recordings of the format tce-trace-1");
        extensions.add(HypervisorConformance.class, "tce-trace", HypervisorReplay.class, "recordings of the format tce-trace-1");
        extensions.add(TraceInterpreter.class, "powerpc", PowerpcInterpreter.class,
                "TCE hypercalls; firmware calls that take a device away");
        extensions.add(Extension.of(Signature.class, "late-tce", LateTceSignature.class,
                "A1: a TCE is freed after its window and table are gone")
                .description("""
                        Refused TCE calls (upstream's block and the seed's), KASAN reports and oopses in the unmap path, "Unexpected TCEs",
                        and the same in ftrace text. Decodes LIOBN, return code, address, entry, page size, worker.
                        """));
        backends(extensions);
        TablePolicies.register(extensions);
    }

    private static void backends(Extensions extensions) {
        extensions.add(backend("pseries-ddw", DdwBackend.class, "dynamic DMA window if firmware offers one (enable_ddw)",
                "Direct if the largest window offered covers all memory the partition may get, else mapped dynamically."));
        extensions.add(backend("pseries-default-window", DefaultWindowBackend.class, "the default window only (disable_ddw)",
                "4 KiB entries: a 64 KiB page takes 16 of them, and a 2 GiB window holds fewer than 32768 pages."));
        extensions.add(backend("pseries-direct", DirectWindowBackend.class, "firmware's window covers all memory: RAM mapped for good",
                "No streaming mapping reaches a table: a late unmap is harmless. The device can reach all memory until the window goes."));
    }

    private static Extension<IommuBackend> backend(String id, Class<? extends IommuBackend> type, String summary, String description) {
        return Extension.of(IommuBackend.class, id, type, summary).description(description).platforms("pseries", "pseries-recording");
    }
}
