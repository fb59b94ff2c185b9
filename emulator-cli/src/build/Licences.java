import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Licences and notices of the libraries, where jlink puts those of the JDK's modules: {@code legal/MODULE/}. They come out of the jars; for a
 * jar without one, the folder {@code licences} beside this file has {@code MODULE.txt}, and a library with neither fails the build.
 */
final class Licences {
    private static final String OURS = "io.dmalab.";

    private Licences() {}

    static void copy(List<Path> jars, Path texts, Path legal) throws IOException {
        for (Path jar : jars) {
            String module = ModuleFinder.of(jar).findAll().iterator().next().descriptor().name();
            if (!module.startsWith(OURS)) {
                copy(jar, texts.resolve(module + ".txt"), Files.createDirectories(legal.resolve(module)));
            }
        }
    }

    private static void copy(Path jar, Path text, Path folder) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            List<? extends ZipEntry> found = Collections.list(zip.entries()).stream().filter(entry -> isLicence(entry.getName())).toList();
            found.forEach(entry -> copy(zip, entry, folder));
            if (found.isEmpty()) {
                Files.copy(text, folder.resolve("LICENSE"));
            }
        }
    }

    private static boolean isLicence(String entry) {
        String name = entry.toUpperCase(Locale.ROOT);
        boolean direct = name.startsWith("META-INF/") && name.indexOf('/', "META-INF/".length()) < 0;
        return direct && (name.contains("LICENSE") || name.contains("NOTICE"));
    }

    private static void copy(ZipFile zip, ZipEntry entry, Path folder) {
        try (var in = zip.getInputStream(entry)) {
            Files.copy(in, folder.resolve(Path.of(entry.getName()).getFileName()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
