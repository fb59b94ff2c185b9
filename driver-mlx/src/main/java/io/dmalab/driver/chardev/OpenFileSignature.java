package io.dmalab.driver.chardev;

import io.dmalab.api.diagnose.Advice;
import io.dmalab.api.diagnose.Advice.Reproduction;
import io.dmalab.api.diagnose.CallTrace;
import io.dmalab.api.diagnose.Complaint;
import io.dmalab.api.diagnose.Diagnosis;
import io.dmalab.api.diagnose.Diagnosis.Certainty;
import io.dmalab.api.diagnose.Diagnosis.Field;
import io.dmalab.api.diagnose.Diagnosis.Moment;
import io.dmalab.api.diagnose.LogItem;
import io.dmalab.api.diagnose.Signature;
import io.dmalab.api.kernel.FindingKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A4: a process that still had a device open ends its mappings after the device's removal (facts: real-world-reports.md A4; tt-kmd 34). */
public final class OpenFileSignature implements Signature {
    private static final long DEFAULT_DOMAIN = 0xa8;

    private CallTrace first;
    private long count;

    @Override
    public void see(LogItem item) {
        if (item instanceof CallTrace trace && trace.main() && trace.complaint().filter(Complaint::oops).isPresent()
                && trace.innermost().equals("iommu_get_dma_domain") && !trace.hasPrefix("page_pool_")
                && !trace.has("pci_device_remove") && trace.functions().stream().noneMatch(f -> f.contains("zcrx"))) {
            count++;
            first = first == null ? trace : first;
        }
    }

    @Override
    public List<Diagnosis> diagnoses() {
        return first == null ? List.of() : List.of(make());
    }

    /** A process that closes its file, or dies with it open. */
    private boolean file() {
        return first.has("do_exit") || first.hasPrefix("__fput") || first.hasPrefix("do_group_exit");
    }

    private Diagnosis make() {
        Complaint complaint = first.complaint().orElseThrow();
        return new Diagnosis("A4", "a buffer is unmapped for a device that has no IOMMU group any more; no network in the chain",
                Diagnosis.Nature.LATE_UNMAP, file() ? Certainty.CERTAIN : Certainty.LIKELY,
                file() ? "a file is closed, and its driver unmaps for a removed device"
                        : "A2's place without page_pool; who held the mapping is not clear",
                List.of(complaint.place(), first.place()), fields(complaint),
                List.of((count > 1 ? count + " such stacks are in the log. " : "")
                        + "With iommu=pt the same does not crash: pass-through hides it, and the mapping is wrong all the same."),
                "device removed with a file open -> process exits -> unmap. "
                        + "Missing: the driver's remove ends the mappings of every open file.",
                new Advice(List.of(), List.of("The driver keeps a list of its open files and frees their DMA in remove "
                        + "(tt-kmd PR 36); here: option "
                        + "'track-open-files: true' of the driver chardev, in a copy of scenario fd-holder.",
                        "unmap-at-destroy does not help: these are not pages of a pool.",
                        "wait-for-drain waits for the process, on pSeries only, and at most 120 s."),
                        Optional.of(new Reproduction("fd-holder-smmu", List.of("--policy", "legacy"), Optional.of(FindingKind.OOPS),
                                "times and offsets"))),
                List.of(Moment.at(complaint.place(), complaint.kind() + " in " + first.innermost())));
    }

    private List<Field> fields(Complaint complaint) {
        List<Field> fields = new ArrayList<>();
        fields.add(new Field("complaint", complaint.kind().toString(), "in " + first.innermost()));
        complaint.address().ifPresent(a -> fields.add(new Field("address", complaint.addressText(), a == DEFAULT_DOMAIN
                ? "NULL + 0xa8: field default_domain of a NULL struct iommu_group" : "address of the access")));
        fields.addAll(first.task().fields());
        fields.add(new Field("chain", first.functions().getLast(), String.join(" < ", first.functions().stream().limit(6).toList())));
        return fields;
    }
}
