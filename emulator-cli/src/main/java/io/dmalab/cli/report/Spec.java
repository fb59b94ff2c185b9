package io.dmalab.cli.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What Lets-Plot is asked to draw: layers over scales, in its JSON-like form. */
final class Spec {
    private final List<Object> layers = new ArrayList<>();
    private final List<Object> scales = new ArrayList<>();
    private final Map<String, Object> rest = new LinkedHashMap<>();

    /** @param settings names and values in turn */
    static Map<String, Object> of(Object... settings) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            map.put((String) settings[i], settings[i + 1]);
        }
        return map;
    }

    /**
     * One more layer.
     *
     * @param data     columns, by name
     * @param mapping  what of the picture shows which column
     * @param settings names and values in turn
     */
    Spec layer(String geom, Map<String, Object> data, Map<String, Object> mapping, Object... settings) {
        Map<String, Object> layer = of(settings);
        layer.put("geom", geom);
        layer.put("data", data);
        layer.put("mapping", mapping);
        layer.put("tooltips", "none");
        layers.add(layer);
        return this;
    }

    Spec scale(String aesthetic, Object... settings) {
        Map<String, Object> scale = of(settings);
        scale.put("aesthetic", aesthetic);
        scales.add(scale);
        return this;
    }

    Spec set(String name, Object value) {
        rest.put(name, value);
        return this;
    }

    Map<String, Object> map() {
        Map<String, Object> map = new LinkedHashMap<>(rest);
        map.put("kind", "plot");
        map.put("layers", layers);
        map.put("scales", scales);
        map.put("theme", of("axis_line", "blank", "legend_position", rest.containsKey("legend") ? "bottom" : "none",
                "panel_background", "blank", "plot_background", "blank"));
        map.remove("legend");
        return map;
    }
}
