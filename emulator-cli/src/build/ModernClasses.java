import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Brings classes up to a class file version that the image's archive takes: those from before Java 6 (picocli's, compiled for Java 5) carry no stack maps, need the old
 * verifier and are left out of it. The code stays what it is; stack maps are added. Only the image gets such copies, {@code lib/} keeps the originals.
 */
final class ModernClasses {
    private static final int FIRST_CACHED = ClassFile.JAVA_6_VERSION;
    private static final int TARGET = ClassFile.JAVA_8_VERSION;

    private ModernClasses() {}

    /** Puts copies of those jars that hold old classes into {@code folder}. */
    static void copyOld(List<Path> jars, Path folder) throws IOException {
        Files.createDirectories(folder);
        URL[] urls = jars.stream().map(ModernClasses::url).toArray(URL[]::new);
        try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            ClassHierarchyResolver hierarchy = ClassHierarchyResolver.ofResourceParsing(loader);
            ClassFile files = ClassFile.of(ClassFile.StackMapsOption.GENERATE_STACK_MAPS, ClassFile.ClassHierarchyResolverOption.of(hierarchy));
            for (Path jar : jars) {
                try (ZipFile zip = new ZipFile(jar.toFile())) {
                    if (Collections.list(zip.entries()).stream().anyMatch(entry -> isOld(zip, entry))) {
                        copy(zip, folder.resolve(jar.getFileName()), files);
                    }
                }
            }
        }
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The major version is the fourth of a class file's 16-bit words. */
    private static boolean isOld(ZipFile zip, ZipEntry entry) {
        if (!entry.getName().endsWith(".class")) {
            return false;
        }
        try (var in = zip.getInputStream(entry)) {
            byte[] start = in.readNBytes(8);
            return ((start[6] & 0xff) << 8 | start[7] & 0xff) < FIRST_CACHED;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(ZipFile from, Path to, ClassFile files) throws IOException {
        ClassTransform modern = ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL).andThen((builder, element) -> {
            if (element instanceof ClassFileVersion) {
                builder.withVersion(TARGET, 0);
            } else {
                builder.with(element);
            }
        });
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
            for (ZipEntry entry : Collections.list(from.entries())) {
                byte[] bytes = from.getInputStream(entry).readAllBytes();
                out.putNextEntry(new ZipEntry(entry.getName()));
                out.write(isOld(from, entry) ? modern(bytes, files, modern) : bytes);
                out.closeEntry();
            }
        }
    }

    private static byte[] modern(byte[] bytes, ClassFile files, ClassTransform transform) {
        ClassModel model = files.parse(bytes);
        return files.transformClass(model, transform);
    }
}
