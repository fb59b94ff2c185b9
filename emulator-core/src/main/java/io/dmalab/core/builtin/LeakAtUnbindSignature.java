package io.dmalab.core.builtin;

import io.dmalab.api.diagnose.Advice;
import io.dmalab.api.diagnose.CallTrace;
import io.dmalab.api.diagnose.Diagnosis;
import io.dmalab.api.diagnose.Diagnosis.Field;
import io.dmalab.api.diagnose.Diagnosis.Moment;
import io.dmalab.api.diagnose.LogItem;
import io.dmalab.api.diagnose.Message;
import io.dmalab.api.diagnose.Place;
import io.dmalab.api.diagnose.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A8: CONFIG_DMA_API_DEBUG counts mappings that a driver left behind when it let go of its device (kernel/dma/debug.c). */
public final class LeakAtUnbindSignature implements Signature {
    private static final Pattern LEAK = Pattern.compile(
            "DMA-API: (?:(\\S+) )?(\\S+): device driver has pending DMA allocations while released from device \\[count=(\\d{1,10})].*");
    private static final Pattern ENTRY = Pattern.compile("(?:DMA-API: )?One of leaked entries details: \\[device address=0x([0-9a-f]{1,16})] "
            + "\\[size=(\\d{1,18}) bytes] \\[mapped with (\\w+)] \\[mapped as ([\\w ]+)].*");

    private Place leakAt;
    private Matcher leak;
    private Place entryAt;
    private Matcher entry;
    private CallTrace mappedAt;
    private long others;

    @Override
    public void see(LogItem item) {
        if (item instanceof Message message) {
            message(message.place());
        } else if (item instanceof CallTrace trace && trace.title().equals("Mapped at") && leakAt != null && mappedAt == null
                && trace.place().line() > leakAt.line()) {
            mappedAt = trace;
        }
    }

    private void message(Place place) {
        if (place.text().contains("pending DMA allocations")) {
            Matcher matcher = LEAK.matcher(place.text());
            if (matcher.matches() && leakAt != null) {
                others++;
            } else if (matcher.matches()) {
                leakAt = place;
                leak = matcher;
            }
        } else if (entryAt == null && leakAt != null && place.text().contains("One of leaked entries")) {
            Matcher matcher = ENTRY.matcher(place.text());
            if (matcher.matches()) {
                entryAt = place;
                entry = matcher;
            }
        }
    }

    @Override
    public List<Diagnosis> diagnoses() {
        return leakAt == null ? List.of() : List.of(make());
    }

    private boolean streaming() {
        return entry != null && !entry.group(4).equals("coherent");
    }

    private Diagnosis make() {
        List<Place> evidence = new ArrayList<>(List.of(leakAt));
        if (entryAt != null) {
            evidence.add(entryAt);
        }
        if (mappedAt != null) {
            evidence.add(mappedAt.place());
        }
        String device = leak.group(2);
        return new Diagnosis("A8", "the driver let go of its device with DMA mappings left (DMA-API debug)", Diagnosis.Nature.LEAK,
                Diagnosis.Certainty.CERTAIN, "the kernel's own count at unbind", evidence, fields(device), readings(),
                "Every mapping ends between a driver's probe and the end of its remove. Missing: the unmap, or free, of the entries counted here.",
                new Advice(List.of(), remedies(), Optional.of(new Advice.Reproduction("fd-holder", List.of("--policy", "legacy"), Optional.empty(),
                        "there the mappings are an open file's, streaming, and the report stands in the run's log"))), List.of(Moment.at(leakAt, device + " unbound with " + leak.group(3)
                        + " mappings left")));
    }

    private List<Field> fields(String device) {
        List<Field> fields = new ArrayList<>();
        fields.add(new Field("device", device, leak.group(1) == null ? "" : leak.group(1).equals("pci") ? "no driver is bound any more"
                : "driver " + leak.group(1)));
        fields.add(new Field("count", leak.group(3), "mappings and allocations left; one of them is shown"));
        if (entry != null) {
            fields.add(new Field("device address", "0x" + entry.group(1), "DMA address of the sample"));
            fields.add(new Field("size", entry.group(2), "bytes"));
            fields.add(new Field("direction", entry.group(3), entry.group(3).equals("DMA_FROM_DEVICE") ? "a receive buffer"
                    : entry.group(3).equals("DMA_TO_DEVICE") ? "a transmit buffer" : "both ways"));
            fields.add(new Field("mapped as", entry.group(4), streaming() ? "streaming mapping" : "coherent memory: the driver's own rings and queues"));
        }
        if (mappedAt != null) {
            List<String> callers = mappedAt.functions().stream().filter(f -> !f.startsWith("debug_dma_")).toList();
            fields.add(new Field("mapped at", callers.isEmpty() ? "-" : callers.getFirst(), callers.size() < 2 ? ""
                    : "called by " + String.join(" < ", callers.stream().skip(1).limit(4).toList())));
        }
        return fields;
    }

    private List<String> readings() {
        List<String> readings = new ArrayList<>();
        boolean pool = mappedAt != null && mappedAt.hasPrefix("page_pool_") || streaming() && entry.group(3).equals("DMA_FROM_DEVICE");
        readings.add(!streaming() ? "Coherent memory that the driver forgot (enetc, iavf and mpi3mr were such): a bug of the driver alone."
                : pool ? "A receive page: if its pool still has it out, this is the late unmap to come, not a leak."
                : "A streaming mapping that the driver did not end.");
        if (others > 0) {
            readings.add(others + " more such reports are in the log. The kernel shows one error unless told otherwise, so there may be more still.");
        }
        return readings;
    }

    private List<String> remedies() {
        return List.of("The driver ends what it began before its remove returns. Pages of a page_pool are unmapped by page_pool when it is destroyed "
                + "(v6.16, 6.15.3), before this count is taken.",
                "Any scenario with 'memory: { dma-debug: on }' has this detector.");
    }
}
