package io.dmalab.core.plugin;

import io.dmalab.core.time.StreamDigest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apiguardian.api.API;

/**
 * A fingerprint of code: of every class file in the modules, jars or folders that given classes come from. The module descriptor is not
 * part of it.
 */
@API(status = API.Status.INTERNAL, since = "0.1")
public final class Fingerprint {
    private final StreamDigest digest = new StreamDigest();

    private Fingerprint() {}

    /** @param anchors one class of each place; their order counts, a place that was met before does not */
    public static long of(List<Class<?>> anchors) {
        Fingerprint fingerprint = new Fingerprint();
        Set<String> places = new LinkedHashSet<>();
        try {
            for (Class<?> anchor : anchors) {
                if (places.add(Origin.module(anchor) + " " + Origin.uri(anchor).map(URI::toString).orElse(""))) {
                    ClassFiles.of(anchor, fingerprint::add);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return fingerprint.digest.value();
    }

    private void add(String name, ByteBuffer bytes) {
        digest.mixText(name);
        digest.mix(bytes.remaining());
        while (bytes.remaining() >= Long.BYTES) {
            digest.mix(bytes.getLong());
        }
        while (bytes.hasRemaining()) {
            digest.mix(bytes.get());
        }
    }
}
