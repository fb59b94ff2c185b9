import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Last step of the build: makes the run-time image of the distribution and its archive of classes. Started by Maven with the JDK that Maven
 * runs on.
 *
 * <pre>{@code java MakeImage.java DIST OPTIONS SINCE RECORDINGS}</pre>
 *
 * DIST holds {@code lib/}, every jar a named module; {@code image/} is made beside it, then the empty file {@code built} with the time
 * SINCE (ISO instant), the start of the build: a source that is newer than it is not in the image. OPTIONS is the file of options for
 * Java, RECORDINGS a folder of recordings to train with. An image of the same jars, options, recordings and JDK is kept. A new one is
 * made aside and renamed, so that the old one serves until then.
 */
final class MakeImage {
    private final Path dist;
    private final Path options;
    private final Path recordings;
    private final Path image;
    private final Path fresh;

    private MakeImage(Path dist, Path options, Path recordings) {
        this.dist = dist;
        this.options = options;
        this.recordings = recordings;
        image = dist.resolve("image");
        fresh = dist.resolve("image.new");
    }

    public static void main(String[] args) throws Exception {
        Path dist = Path.of(args[0]).toAbsolutePath();
        MakeImage make = new MakeImage(dist, Path.of(args[1]), Path.of(args[3]).toAbsolutePath());
        String key = make.key();
        Path keyFile = make.image.resolve("lib/dmalab.key");
        if (!Files.exists(keyFile) || !Files.readString(keyFile).equals(key)) {
            delete(make.fresh);
            make.link();
            new ClassArchive(make.fresh, make.recordings, dist.resolve("training.log")).make();
            Files.writeString(make.fresh.resolve("lib/dmalab.key"), key);
            make.swap();
        }
        Path built = dist.resolve("built");
        Files.writeString(built, "");
        Files.setLastModifiedTime(built, FileTime.from(Instant.parse(args[2])));
    }

    /** What the image is made of: names and contents of the jars and of the files beside the options, this program among them; the recordings; the JDK. */
    private String key() throws IOException {
        StringBuilder key = new StringBuilder(Runtime.version().toString()).append('\n');
        List<Path> inputs = new ArrayList<>(jars());
        try (Stream<Path> files = Files.walk(options.getParent())) {
            files.filter(Files::isRegularFile).sorted().forEach(inputs::add);
        }
        try (Stream<Path> files = Files.list(recordings)) {
            files.sorted().forEach(inputs::add);
        }
        for (Path input : inputs) {
            CRC32C sum = new CRC32C();
            sum.update(Files.readAllBytes(input));
            key.append(input.getFileName()).append(' ').append(Long.toHexString(sum.getValue())).append('\n');
        }
        return key.toString();
    }

    private List<Path> jars() throws IOException {
        try (Stream<Path> jars = Files.list(dist.resolve("lib"))) {
            return jars.sorted().toList();
        }
    }

    private void link() throws IOException {
        Path modern = dist.resolve("image.modules");
        delete(modern);
        ModernClasses.copyOld(jars(), modern);
        // not compressed: replay tokens carry a fingerprint of all model classes, which are read for it
        ToolProvider jlink = ToolProvider.findFirst("jlink").orElseThrow(() -> new IllegalStateException("this JDK has no jlink"));
        int code = jlink.run(new PrintWriter(System.out, true), new PrintWriter(System.err, true),
                "--module-path", modern + File.pathSeparator + dist.resolve("lib"), "--add-modules", "ALL-MODULE-PATH," + jdkModules(),
                "--output", fresh.toString(), "--no-header-files", "--no-man-pages", "--compress", "zip-0");
        if (code != 0) {
            throw new IllegalStateException("jlink ended with " + code);
        }
        delete(modern);
        Path sources = options.getParent();
        Files.copy(options, fresh.resolve("lib/dmalab.options"));
        Files.copy(sources.resolve("dmalab"), fresh.resolve("bin/dmalab"), StandardCopyOption.COPY_ATTRIBUTES);
        Licences.copy(jars(), sources.resolve("licences"), fresh.resolve("legal"));
    }

    /** The JDK modules that the options add for drop-in plugins. */
    private String jdkModules() throws IOException {
        return Files.readAllLines(options).stream().filter(line -> line.startsWith("--add-modules ")).findFirst().orElseThrow().substring("--add-modules ".length());
    }

    private void swap() throws IOException {
        Path old = dist.resolve("image.old");
        delete(old);
        if (Files.exists(image)) {
            Files.move(image, old, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(fresh, image, StandardCopyOption.ATOMIC_MOVE);
        delete(old);
    }

    private static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
