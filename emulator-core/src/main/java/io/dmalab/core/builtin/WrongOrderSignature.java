package io.dmalab.core.builtin;

import io.dmalab.api.diagnose.Advice;
import io.dmalab.api.diagnose.CallTrace;
import io.dmalab.api.diagnose.Complaint;
import io.dmalab.api.diagnose.Diagnosis;
import io.dmalab.api.diagnose.Diagnosis.Field;
import io.dmalab.api.diagnose.Diagnosis.Moment;
import io.dmalab.api.diagnose.LogItem;
import io.dmalab.api.diagnose.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A5: the translation is destroyed before the driver is unbound, so the driver's own remove runs into it (VT-d before it used
 * BUS_NOTIFY_REMOVED_DEVICE). Told by the stack alone: an unmap or free that fails below the driver's remove.
 */
public final class WrongOrderSignature implements Signature {
    /** How the reports name the way from the bus to the driver's remove. */
    private static final List<String> REMOVE = List.of("pci_device_remove", "device_release_driver", "__device_release_driver",
            "device_release_driver_internal", "device_remove");

    private CallTrace first;
    private String unmap = "";
    private String remove = "";

    @Override
    public void see(LogItem item) {
        if (first != null || !(item instanceof CallTrace trace) || !trace.main()
                || trace.complaint().filter(c -> c.oops() || c.kind() == Complaint.Kind.USE_AFTER_FREE).isEmpty()) {
            return;
        }
        int mapping = -1;
        for (int i = 0; i < trace.functions().size(); i++) {
            String function = trace.functions().get(i);
            mapping = ends(function) ? i : mapping;
            if (mapping >= 0 && REMOVE.contains(function)) {
                first = trace;
                unmap = trace.functions().get(mapping);
                remove = function;
                return;
            }
        }
    }

    /** Ends a mapping, by the name that all back-ends share. */
    private static boolean ends(String function) {
        return function.startsWith("dma_unmap_") || function.startsWith("dma_free_") || function.startsWith("iommu_dma_unmap_")
                || function.startsWith("iommu_dma_free") || function.startsWith("intel_unmap") || function.startsWith("intel_free_coherent");
    }

    @Override
    public List<Diagnosis> diagnoses() {
        return first == null ? List.of() : List.of(make());
    }

    private Diagnosis make() {
        Complaint complaint = first.complaint().orElseThrow();
        List<Field> fields = new ArrayList<>();
        fields.add(new Field("complaint", complaint.kind().toString(), "in " + first.innermost()));
        complaint.address().ifPresent(a -> fields.add(new Field("address", complaint.addressText(), "address of the access")));
        fields.add(new Field("unmap", unmap, "called in the driver's remove, below " + remove));
        fields.addAll(first.task().fields());
        return new Diagnosis("A5", "translation destroyed before the driver was unbound", Diagnosis.Nature.WRONG_ORDER,
                Diagnosis.Certainty.POSSIBLE, "the driver's own unmap fails inside its remove; a bug of the driver shows the same",
                List.of(complaint.place(), first.place()), fields,
                List.of("Nobody holds a page here: an ordering bug, not one of lifetimes."),
                "translation destroyed -> driver's remove unmaps. Missing: unbind first; translation state goes on the notice that the device has "
                + "been removed, not on the one that it will be.",
                new Advice(List.of(), List.of("No policy of dmalab changes this order: on its platforms drivers are unbound before any translation "
                        + "is touched. An example beside the distribution shows it: examples/platform-vtd, scenario vtd-wrong-notice, whose backend "
                        + "intel-iommu-2013 takes the early notice; with intel-iommu, which takes the later one, it does not happen.",
                        "VT-d was repaired by taking the later notice (BUS_NOTIFY_REMOVED_DEVICE)."), Optional.empty()),
                List.of(Moment.at(complaint.place(), complaint.kind() + " in the driver's remove")));
    }
}
