package io.dmalab.core.builtin;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.device.Action;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.diagnose.Signature;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.profile.ProfileSet;
import io.dmalab.api.recorded.TraceInterpreter;
import io.dmalab.api.timeout.TimeoutSource;
import io.dmalab.core.device.DeviceEvents;
import io.dmalab.core.trace.FtraceWriter;
import io.dmalab.core.trace.JsonLinesWriter;
import io.dmalab.core.trace.PerfettoWriter;

/** What belongs to no platform and no driver. */
public final class CorePlugin implements EmulatorPlugin {
    @Override
    public String id() {
        return "core";
    }

    @Override
    public String summary() {
        return "The unpatched kernel's policy, plugging and removing devices, no IOMMU, traces";
    }

    @Override
    public void register(Extensions extensions) {
        extensions.add(Extension.of(FreePolicy.class, "legacy", LegacyPolicy.class, "the unpatched kernel: warn, and free what is in use")
                .description(LegacyPolicy.DESCRIPTION));
        extensions.add(Extension.of(Action.class, "remove", RemoveAction.class, "removes a device with the platform's own tool")
                .options(RemoveAction.Options.class));
        extensions.add(Extension.of(Action.class, "plug", PlugAction.class, "puts a removed device back into its slot and binds its driver")
                .options(PlugAction.Options.class));
        extensions.add(Extension.of(Action.class, "rmmod", RmmodAction.class, "removes the module of a device's driver")
                .options(RmmodAction.Options.class)
                .description("The driver lets go of all its devices, which stay. Refused while somebody holds the module; open interfaces "
                        + "do not."));
        extensions.add(Extension.of(Action.class, "read-uevent", ReadUevent.class, "a process reads the device's uevent in sysfs")
                .options(ReadUevent.Options.class)
                .description("It needs the device's lock for a moment. While a removal waits with that lock held, the reader waits too, "
                        + "and after 120 s it is reported as a hung task, though it has nothing to do with the removal."));
        extensions.add(HotplugNotifier.class, "trace", TraceNotifier.class, "writes every notifier event into the event stream");
        extensions.add(Extension.of(Observer.class, "ftrace", FtraceWriter.class, "the trace events as the kernel's tracer prints them")
                .options(FtraceWriter.Options.class)
                .description("The text of /sys/kernel/tracing/trace in the layouts of the run's kernel profile; see docs/trace.md."));
        extensions.add(Extension.of(Observer.class, "jsonl", JsonLinesWriter.class, "trace events, kernel log and findings as JSON Lines")
                .options(JsonLinesWriter.Options.class));
        extensions.add(TraceInterpreter.class, "dma", DmaInterpreter.class,
                "mappings of the DMA API; devices that leave their IOMMU group");
        extensions.add(Extension.of(Observer.class, "perfetto", PerfettoWriter.class,
                "the run for the Perfetto UI, in the Trace Event Format")
                .options(PerfettoWriter.Options.class)
                .description("Tracks by CPU, task, table and mapping; see docs/report.md."));
        extensions.events(DeviceEvents.all());
        extensions.events(TraceNotifier.NOTIFIED);
        extensions.add(Signature.class, "leak-at-unbind", LeakAtUnbindSignature.class,
                "A8: DMA-API debug counts mappings left when a driver let go");
        extensions.add(Signature.class, "wrong-order", WrongOrderSignature.class, "A5: the driver's own unmap fails inside its remove");
        extensions.add(Signature.class, "hung-reader", HungReaderSignature.class,
                "B1: a reader of a device's attribute hangs while a removal waits");
        extensions.add(Extension.of(IommuBackend.class, "direct", DirectBackend.class, "no IOMMU: the DMA address is the physical address")
                .description("A late unmap is arithmetic only: it does no harm and nobody reports it; the run counts it."));
        extensions.add(TimeoutSource.class, "kernel", KernelTimeouts.class, "the hung-task detector, and whoever ordered the removal");
        extensions.add(ProfileSet.class, "kernel", KernelProfiles.class,
                "kernel versions: behaviour and message layout, chosen by 'kernel:' and --kernel");
    }
}
