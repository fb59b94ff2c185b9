package io.dmalab.it.facts;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The catalogue of one facts sheet, {@code src/test/resources/facts/NAME.yaml}: the sheets themselves are not part of the repository.
 *
 * @param name the sheet's, with {@code .md}
 */
record Sheet(String name, String title, Map<String, Entry> entries) {
    static final List<String> NAMES = List.of("ddw", "dlpar-and-notifiers", "formats", "free-policies", "iommu-table", "mlx-driver",
            "netstack-holders", "page-pool", "real-world-reports", "tce-hcalls");

    static List<Sheet> all() {
        return NAMES.stream().map(Sheet::read).toList();
    }

    private static Sheet read(String name) {
        String resource = "/facts/" + name + ".yaml";
        try (InputStream in = Sheet.class.getResourceAsStream(resource)) {
            Map<?, ?> yaml = (Map<?, ?>) new Load(LoadSettings.builder().setLabel(resource).build()).loadFromInputStream(in);
            Map<String, Entry> entries = new LinkedHashMap<>();
            for (Map.Entry<?, ?> one : ((Map<?, ?>) yaml.get("entries")).entrySet()) {
                String id = String.valueOf(one.getKey());
                entries.put(id, entry(resource, id, (Map<?, ?>) one.getValue()));
            }
            return new Sheet(name + ".md", (String) yaml.get("title"), entries);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Entry entry(String resource, String id, Map<?, ?> value) {
        for (Object key : value.keySet()) {
            if (!List.of("rule", "code", "untested", "steps").contains(key)) {
                throw new IllegalArgumentException("%s, %s: unknown key %s".formatted(resource, id, key));
            }
        }
        List<?> code = value.get("code") instanceof List<?> list ? list : List.of();
        return new Entry(id, (String) value.get("rule"), code.stream().map(String.class::cast).toList(),
                Optional.ofNullable((String) value.get("untested")), value.get("steps") instanceof Integer steps ? steps : 0);
    }
}
