package io.dmalab.netstack.diagnose;

import io.dmalab.api.diagnose.Advice;
import io.dmalab.api.diagnose.Advice.Prevention;
import io.dmalab.api.diagnose.Advice.Reproduction;
import io.dmalab.api.diagnose.CallTrace;
import io.dmalab.api.diagnose.Complaint;
import io.dmalab.api.diagnose.Diagnosis;
import io.dmalab.api.diagnose.Diagnosis.Certainty;
import io.dmalab.api.diagnose.Diagnosis.Field;
import io.dmalab.api.diagnose.Diagnosis.Moment;
import io.dmalab.api.diagnose.Diagnosis.Nature;
import io.dmalab.api.diagnose.LogItem;
import io.dmalab.api.diagnose.Signature;
import io.dmalab.api.kernel.FindingKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A6: io_uring ends the mapping of a memory provider's area after the device has gone (facts: real-world-reports.md A6, free-policies.md
 * P16). The reports give no log; the functions are those of the fix. That is the generic IOMMU code; pSeries has the same in its own.
 */
public final class ProviderSignature implements Signature {
    private static final List<String> GONE = List.of("iommu_get_dma_domain", "iommu_iova_to_phys");

    private CallTrace first;
    private long count;

    @Override
    public void see(LogItem item) {
        if (item instanceof CallTrace trace && late(trace)) {
            count++;
            first = first == null ? trace : first;
        }
    }

    private static boolean late(CallTrace trace) {
        return trace.main() && trace.complaint().filter(c -> c.oops() || c.kind() == Complaint.Kind.USE_AFTER_FREE).isPresent()
                && trace.functions().stream().anyMatch(f -> f.contains("zcrx")) && trace.hasPrefix("iommu_")
                && !trace.has("dma_iommu_unmap_page") && !trace.has("dma_iommu_unmap_phys");
    }

    @Override
    public List<Diagnosis> diagnoses() {
        return first == null ? List.of() : List.of(make());
    }

    private Diagnosis make() {
        Complaint complaint = first.complaint().orElseThrow();
        boolean known = GONE.contains(first.innermost());
        return new Diagnosis("A6", "io_uring unmaps a receive area for a device whose IOMMU state is gone", Nature.LATE_UNMAP,
                known ? Certainty.CERTAIN : Certainty.LIKELY, complaint.kind() + " in " + first.innermost() + ", called to unmap the area"
                        + (known ? "" : "; the place is none of the known ones"), List.of(complaint.place(), first.place()), fields(complaint),
                readings(), "area mapped for the device -> interface and its queue removed, provider uninstalled -> device left its IOMMU group "
                + "-> ring closed -> unmap. Missing: the provider ends its mapping when it is uninstalled.", advice(),
                List.of(Moment.at(complaint.place(), complaint.kind() + " in " + first.innermost())));
    }

    private List<Field> fields(Complaint complaint) {
        List<Field> fields = new ArrayList<>();
        fields.add(new Field("complaint", complaint.kind().toString(), "in " + first.innermost()));
        complaint.address().ifPresent(a -> fields.add(new Field("address", complaint.addressText(), LateReturnSignature.isDefaultDomain(a)
                ? "NULL + 0xa8: field default_domain of a NULL struct iommu_group" : "address of the access")));
        fields.addAll(first.task().fields());
        fields.add(new Field("provider", first.functions().stream().filter(f -> f.contains("zcrx")).findFirst().orElseThrow(),
                "io_uring/zcrx.c: the area is the process', its mapping the provider's, not a page_pool's"));
        return fields;
    }

    private List<String> readings() {
        List<String> readings = new ArrayList<>();
        if (count > 1) {
            readings.add(count + " such stacks are in the log.");
        }
        readings.add("The fix was merged for 6.15-rc3, before any release had this provider. A kernel that shows it is a 6.15-rc1 or rc2, or has another "
                + "such provider.");
        return readings;
    }

    private static Advice advice() {
        return new Advice(List.of(new Prevention("provider-unmaps", "the provider unmaps its area when its queue goes, once and under a lock")),
                List.of("unmap-at-destroy does not help: it tracks the pages of pools, and these are the provider's.",
                        "wait-for-drain waits for the process, on pSeries only, and at most 120 s."),
                Optional.of(new Reproduction("zcrx-area", List.of("--policy", "legacy", "--set", "platform=arm64-smmu"),
                        Optional.of(FindingKind.OOPS), "times and offsets")));
    }
}
