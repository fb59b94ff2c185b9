package io.dmalab.core.plugin;

import io.dmalab.core.time.StreamDigest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleReader;
import java.lang.module.ResolvedModule;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apiguardian.api.API;

/**
 * A fingerprint of code: of every class file in the modules, jars or folders that given classes come from. The module descriptor is not
 * part of it.
 */
@API(status = API.Status.INTERNAL, since = "0.1")
public final class Fingerprint {
    private static final String CLASS = ".class";
    private static final String DESCRIPTOR = "module-info.class";

    private final StreamDigest digest = new StreamDigest();

    private Fingerprint() {}

    /** @param anchors one class of each place; their order counts, a place that was met before does not */
    public static long of(List<Class<?>> anchors) {
        Fingerprint fingerprint = new Fingerprint();
        Set<String> places = new LinkedHashSet<>();
        try {
            for (Class<?> anchor : anchors) {
                if (places.add(Origin.module(anchor) + " " + Origin.uri(anchor).map(URI::toString).orElse(""))) {
                    fingerprint.add(anchor);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return fingerprint.digest.value();
    }

    private void add(Class<?> anchor) throws IOException {
        Module module = anchor.getModule();
        if (module.isNamed() && module.getLayer() != null) {
            ResolvedModule resolved = module.getLayer().configuration().findModule(module.getName()).orElseThrow();
            try (ModuleReader reader = resolved.reference().open(); Stream<String> names = reader.list()) {
                for (String name : classes(names)) {
                    ByteBuffer bytes = reader.read(name).orElseThrow();
                    add(name, bytes);
                    reader.release(bytes);
                }
            }
            return;
        }
        Path place = Path.of(Origin.uri(anchor).orElseThrow(() -> new IOException(anchor + " comes from nowhere")));
        if (Files.isDirectory(place)) {
            addFolder(place);
        } else {
            addJar(place);
        }
    }

    private void addFolder(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (String name : classes(files.filter(Files::isRegularFile).map(f -> folder.relativize(f).toString().replace('\\', '/')))) {
                add(name, ByteBuffer.wrap(Files.readAllBytes(folder.resolve(name))));
            }
        }
    }

    private void addJar(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (String name : classes(zip.stream().map(ZipEntry::getName))) {
                add(name, ByteBuffer.wrap(zip.getInputStream(zip.getEntry(name)).readAllBytes()));
            }
        }
    }

    private static List<String> classes(Stream<String> names) {
        return names.filter(name -> name.endsWith(CLASS) && !name.endsWith(DESCRIPTOR)).sorted().toList();
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
