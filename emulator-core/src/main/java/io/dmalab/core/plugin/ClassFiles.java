package io.dmalab.core.plugin;

import java.io.IOException;
import java.lang.module.ModuleReader;
import java.lang.module.ResolvedModule;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Reads the class files of the module, jar or folder that a class comes from, in order of name; the module descriptor is none of them. */
final class ClassFiles {
    private static final String CLASS = ".class";
    private static final String DESCRIPTOR = "module-info.class";

    private ClassFiles() {}

    /** @param sink gets name and contents; the buffer is its own during the call only */
    static void of(Class<?> anchor, BiConsumer<String, ByteBuffer> sink) throws IOException {
        Module module = anchor.getModule();
        if (module.isNamed() && module.getLayer() != null) {
            ofModule(module.getLayer().configuration().findModule(module.getName()).orElseThrow(), sink);
            return;
        }
        Path place = Path.of(Origin.uri(anchor).orElseThrow(() -> new IOException(anchor + " comes from nowhere")));
        if (Files.isDirectory(place)) {
            ofFolder(place, sink);
        } else {
            ofJar(place, sink);
        }
    }

    private static void ofModule(ResolvedModule module, BiConsumer<String, ByteBuffer> sink) throws IOException {
        try (ModuleReader reader = module.reference().open(); Stream<String> names = reader.list()) {
            for (String name : classes(names)) {
                ByteBuffer bytes = reader.read(name).orElseThrow();
                sink.accept(name, bytes);
                reader.release(bytes);
            }
        }
    }

    private static void ofFolder(Path folder, BiConsumer<String, ByteBuffer> sink) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (String name : classes(files.filter(Files::isRegularFile).map(f -> folder.relativize(f).toString().replace('\\', '/')))) {
                sink.accept(name, ByteBuffer.wrap(Files.readAllBytes(folder.resolve(name))));
            }
        }
    }

    private static void ofJar(Path jar, BiConsumer<String, ByteBuffer> sink) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (String name : classes(zip.stream().map(ZipEntry::getName))) {
                sink.accept(name, ByteBuffer.wrap(zip.getInputStream(zip.getEntry(name)).readAllBytes()));
            }
        }
    }

    private static List<String> classes(Stream<String> names) {
        return names.filter(name -> name.endsWith(CLASS) && !name.endsWith(DESCRIPTOR)).sorted().toList();
    }
}
