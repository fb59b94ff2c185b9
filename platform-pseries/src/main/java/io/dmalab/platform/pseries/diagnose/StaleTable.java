package io.dmalab.platform.pseries.diagnose;

import io.dmalab.api.diagnose.CallTrace;
import io.dmalab.api.diagnose.Complaint;
import io.dmalab.api.diagnose.Diagnosis.Field;
import io.dmalab.api.diagnose.Place;
import java.util.ArrayList;
import java.util.List;

/** The worse stages: KASAN or an oops in the unmap path of arch/powerpc/kernel/iommu.c, whose table is freed memory. */
final class StaleTable {
    private static final List<String> UNMAP = List.of("dma_iommu_unmap_page", "dma_iommu_unmap_phys", "dma_iommu_unmap_sg", "dma_iommu_free_coherent",
            "iommu_unmap_page", "iommu_free", "__iommu_free", "iommu_free_coherent", "ppc_iommu_unmap_sg", "tce_freemulti_pSeriesLP", "tce_free_pSeriesLP");

    /** Frames from the fault in which the unmap path must show. */
    private static final int NEAR = 6;

    CallTrace first;
    Place last;
    private CallTrace freed;
    long kasan;
    long oopses;

    /** @return whether the stack is one of a stale table */
    boolean see(CallTrace trace) {
        if (trace.complaint().isEmpty()) {
            return false;
        }
        Complaint complaint = trace.complaint().get();
        if (!trace.main()) {
            if (trace.title().startsWith("Freed by") && freed == null && trace.has("iommu_table_free")) {
                freed = trace;
            }
            return false;
        }
        boolean kasanReport = complaint.kind() == Complaint.Kind.USE_AFTER_FREE;
        if (!kasanReport && !complaint.oops() || trace.functions().stream().limit(NEAR).noneMatch(UNMAP::contains)
                || trace.has("pci_device_remove")) {
            return false;
        }
        kasan += kasanReport ? 1 : 0;
        oopses += kasanReport ? 0 : 1;
        first = first == null ? trace : first;
        last = complaint.place();
        return true;
    }

    boolean found() {
        return first != null;
    }

    List<Place> evidence() {
        List<Place> places = new ArrayList<>();
        if (found()) {
            places.add(first.complaint().orElseThrow().place());
        }
        if (freed != null) {
            places.add(freed.place());
        }
        return places;
    }

    List<Field> fields() {
        List<Field> fields = new ArrayList<>();
        if (found()) {
            Complaint complaint = first.complaint().orElseThrow();
            fields.add(new Field("complaint", complaint.kind().toString(), "in " + first.innermost()));
            complaint.address().ifPresent(a -> fields.add(new Field("address", complaint.addressText(),
                    complaint.kind() == Complaint.Kind.USE_AFTER_FREE ? "inside freed memory: the iommu_table or its bitmap"
                            : "read out of the table's memory, which held something else by then")));
        }
        if (freed != null) {
            fields.add(new Field("freed by", freed.title().replace("Freed by ", ""), "iommu_table_free"
                    + (freed.has("iommu_reconfig_notifier") ? ", called by iommu_reconfig_notifier when the node was detached" : "")));
        }
        return fields;
    }
}
