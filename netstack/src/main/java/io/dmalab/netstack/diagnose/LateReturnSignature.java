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
import io.dmalab.api.diagnose.LogItem;
import io.dmalab.api.diagnose.Message;
import io.dmalab.api.diagnose.Place;
import io.dmalab.api.diagnose.Signature;
import io.dmalab.api.kernel.FindingKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A2 and A3: page_pool unmaps a page of a device whose IOMMU group or domain is gone (facts: real-world-reports.md A2, A3). That is the
 * generic IOMMU code of arm64, x86 and s390.
 */
public final class LateReturnSignature implements Signature {
    private static final List<String> UNMAP = List.of("dma_unmap_page_attrs", "dma_unmap_phys", "iommu_dma_unmap_page", "iommu_dma_unmap_phys");
    /** Offset of default_domain in struct iommu_group, by the reports. */
    private static final long DEFAULT_DOMAIN = 0xa8;
    private static final int WEAK_ORDERING = 1 << 1;
    private static final int SKIP_CPU_SYNC = 1 << 5;
    private static final Pattern MAPPING = Pattern.compile("\\biova[ =:]*0x([0-9a-f]{1,16}),? +size[ =:]*0x([0-9a-f]{1,12}),? +attrs[ =:]*0x([0-9a-f]{1,8})\\b");

    private CallTrace first;
    private long count;
    private Place mappingAt;
    private Matcher mapping;

    @Override
    public void see(LogItem item) {
        if (item instanceof Message message && mappingAt == null && message.text().contains("iova")) {
            Matcher matcher = MAPPING.matcher(message.text());
            if (matcher.find()) {
                mappingAt = message.place();
                mapping = matcher;
            }
        }
        if (item instanceof CallTrace trace && late(trace)) {
            count++;
            first = first == null ? trace : first;
        }
    }

    private static boolean late(CallTrace trace) {
        return trace.main() && trace.complaint().filter(c -> c.oops() || c.kind() == Complaint.Kind.USE_AFTER_FREE).isPresent()
                && trace.hasPrefix("page_pool_") && trace.functions().stream().anyMatch(UNMAP::contains)
                && trace.hasPrefix("iommu_") && !trace.has("dma_iommu_unmap_page") && !trace.has("pci_device_remove");
    }

    @Override
    public List<Diagnosis> diagnoses() {
        return first == null ? List.of() : List.of(make());
    }

    private boolean s390() {
        return first.innermost().equals("iommu_iova_to_phys");
    }

    private boolean group() {
        return first.innermost().equals("iommu_get_dma_domain");
    }

    private Diagnosis make() {
        String title = s390() ? "page_pool unmaps through an IOMMU domain that is gone (seen on s390)"
                : group() ? "page_pool unmaps for a device that has no IOMMU group any more (seen on arm64)"
                : "page_pool unmaps through IOMMU state that is gone";
        boolean known = s390() || group();
        Complaint complaint = first.complaint().orElseThrow();
        List<Place> evidence = new ArrayList<>(List.of(complaint.place(), first.place()));
        if (mappingAt != null) {
            evidence.add(mappingAt);
        }
        return new Diagnosis(s390() ? "A3" : "A2", title, Diagnosis.Nature.LATE_UNMAP, known ? Certainty.CERTAIN : Certainty.LIKELY,
                known ? complaint.kind() + " in " + first.innermost() + ", called for a page that came back to its pool"
                        : complaint.kind() + " in " + first.innermost() + ": the chain is that of A2, the place is not",
                evidence, fields(complaint), readings(),
                "driver removed -> page_pool destroyed with pages out -> " + (s390() ? "function powered off, domain freed"
                        : "device left its IOMMU group") + " -> a page comes home -> unmap. Missing: the last unmap before the IOMMU state goes.",
                advice(), List.of(Moment.at(complaint.place(), complaint.kind() + " in " + first.innermost())));
    }

    private List<Field> fields(Complaint complaint) {
        List<Field> fields = new ArrayList<>();
        fields.add(new Field("complaint", complaint.kind().toString(), "in " + first.innermost()));
        complaint.address().ifPresent(a -> fields.add(new Field("address", complaint.addressText(), address(a))));
        if (mapping != null) {
            int attrs = (int) Long.parseLong(mapping.group(3), 16);
            fields.add(new Field("iova", "0x" + mapping.group(1), "DMA address of the page"));
            fields.add(new Field("size", "0x" + mapping.group(2), Long.parseLong(mapping.group(2), 16) + " bytes"));
            fields.add(new Field("attrs", "0x" + mapping.group(3), (attrs & (WEAK_ORDERING | SKIP_CPU_SYNC)) == (WEAK_ORDERING | SKIP_CPU_SYNC)
                    ? "WEAK_ORDERING|SKIP_CPU_SYNC: what page_pool maps with" : "not what page_pool maps with"));
        }
        fields.addAll(first.task().fields());
        fields.add(new Field("caller", first.has("page_pool_release_retry") ? "page_pool_release_retry" : "page_pool",
                first.has("page_pool_release_retry") ? "page_pool's delayed work, each second after page_pool_destroy"
                        : "outside page_pool's worker: whoever freed the page unmaps"));
        return fields;
    }

    /** The address that is read if a device has no group. */
    static boolean isDefaultDomain(long address) {
        return address == DEFAULT_DOMAIN;
    }

    private String address(long address) {
        if (group() && isDefaultDomain(address)) {
            return "NULL + 0xa8: field default_domain of a NULL struct iommu_group";
        }
        return s390() ? "no address: the pointer to the domain's operations is read out of foreign memory" : "address of the access";
    }

    private List<String> readings() {
        List<String> readings = new ArrayList<>();
        if (count > 1) {
            readings.add(count + " such stacks are in the log.");
        }
        readings.add(s390() ? "Before 6.7 s390 had no dma-iommu: the same late unmap presumably leaked the hypervisor's mapping without a word."
                : "A kernel in which this does not crash need not be sound: up to 6.9 unbind cleared dma_ops, the late unmap went to dma-direct and "
                + "did nothing, and the mapping leaked.");
        return readings;
    }

    private Advice advice() {
        return new Advice(
                List.of(new Prevention("unmap-at-destroy", "page_pool unmaps every page still out when it is destroyed (v6.16, 6.15.3): it knows "
                        + "no platform, and no late unmap is left")),
                List.of("The seed's wait is code of pSeries and does nothing here."),
                Optional.of(new Reproduction(s390() ? "s390-unbind" : "hns3-unbind-smmu", List.of("--policy", "legacy"),
                        Optional.of(FindingKind.OOPS), "times, counts and offsets; traffic and holders are those of the seed")));
    }
}
