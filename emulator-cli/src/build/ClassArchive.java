import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Makes the image's archive of loaded and linked classes, {@code lib/dmalab.jsa}, with which dmalab starts in half the time. Everyday commands
 * are run once to list what they load; an archive of that list is made.
 *
 * <p>The same sources give the same bytes. So the commands run without a compiler, which would hide from the list what compiled code needs;
 * and nothing is kept of how often they ran what, as in the JVM's other kind of archive, the AOT cache: that one is different each time, and
 * with it runs took more CPU time than with this one and a thorough compiler that starts late (dmalab.options).
 */
final class ClassArchive {
    /** What the training run does, each a number of times: everyday commands, so that their classes are in the archive. */
    private static final List<List<String>> TRAINING = List.of(
            List.of("1", "--version"),
            List.of("1", "scenarios"),
            List.of("1", "conform", "--quiet", "RECORDINGS"),
            List.of("1", "run", "dlpar-remove-under-load", "--policy", "legacy"));

    private static final String CONSTANTS = "@cp ";
    /** Its hash tables have a random seed, so that which constants it has used differs from run to run. */
    private static final String RANDOM = CONSTANTS + "tools/jackson/core/sym/";

    /** The clock counts milliseconds; two archives are made within minutes of each other. */
    private static final int APART_MAX = 600_000;
    private static final int HEADER_BYTES = 4096;

    private final Path image;
    private final Path recordings;
    private final Path log;

    /** @param log gets what the JVMs say */
    ClassArchive(Path image, Path recordings, Path log) {
        this.image = image;
        this.recordings = recordings;
        this.log = log;
    }

    /** Without the archive dmalab starts slower and is the same otherwise, so a failure is a warning. */
    void make() throws IOException, InterruptedException {
        Path list = image.resolve("lib/dmalab.classes");
        Path archive = image.resolve("lib/dmalab.jsa");
        Path again = image.resolve("lib/dmalab.again");
        Files.deleteIfExists(log);
        // 0 or 1: the run found nothing, or something
        boolean made = train(list) <= 1 && Files.exists(list);
        if (made) {
            Files.write(list, sorted(Files.readAllLines(list)));
            made = dump(list, archive) == 0 && dump(list, again) == 0;
        }
        if (made && !level(archive, again)) {
            System.err.println("warning: two archives of the same classes differ by more than the clock: this build cannot be repeated to the byte");
        }
        Files.deleteIfExists(list);
        Files.deleteIfExists(again);
        if (!made) {
            Files.deleteIfExists(archive);
            System.err.println("warning: there is no archive of classes, dmalab will start slower; see " + log);
        }
    }

    private int train(Path list) throws IOException, InterruptedException {
        List<String> command = java("-Xint", "-XX:DumpLoadedClassList=" + list, "-m", "io.dmalab.cli/io.dmalab.cli.Training");
        for (List<String> one : TRAINING) {
            one.forEach(word -> command.add(word.equals("RECORDINGS") ? recordings.toString() : word));
            command.add("--");
        }
        command.removeLast();
        return run(command);
    }

    /** Heap of a fixed size and no compiler: whatever could move an object. */
    private int dump(Path list, Path archive) throws IOException, InterruptedException {
        return run(java("-Xint", "-Xms256m", "-Xmx256m", "-Xmn128m", "-XX:+AOTClassLinking", "-Xshare:dump",
                "-XX:SharedClassListFile=" + list, "-XX:SharedArchiveFile=" + archive, "-m", "io.dmalab.cli/io.dmalab.cli.Main"));
    }

    private List<String> java(String... options) {
        List<String> command = new ArrayList<>();
        command.addAll(List.of(image.resolve("bin/java").toString(), "@" + image.resolve("lib/dmalab.options"), "-XX:+UseSerialGC"));
        command.addAll(List.of(options));
        return command;
    }

    private int run(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().removeAll(List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "JDK_AOT_VM_OPTIONS"));
        Process process = builder.start();
        process.getOutputStream().close();
        if (!process.waitFor(3, TimeUnit.MINUTES)) {
            process.destroyForcibly().waitFor();
        }
        return process.exitValue();
    }

    /** Names without the numbers that order of loading gave them; classes first, then what is said about them. */
    private static List<String> sorted(List<String> lines) {
        List<String> kept = lines.stream().filter(line -> !line.startsWith("#") && !line.startsWith(RANDOM))
                .map(line -> line.replaceFirst(" id: \\d+$", "")).sorted().distinct().toList();
        List<String> sorted = new ArrayList<>(kept.stream().filter(line -> !line.startsWith("@")).toList());
        kept.stream().filter(line -> line.startsWith("@") && !line.startsWith(CONSTANTS)).forEach(sorted::add);
        kept.stream().filter(line -> line.startsWith(CONSTANTS)).forEach(sorted::add);
        return sorted;
    }

    /**
     * Two archives of one list differ by the clock that soft references bear (milliseconds since this machine started) and by the checksums in
     * the header, which the JVM looks at only if asked to (-XX:+VerifySharedSpaces). Both become zero: references that have not been used for
     * long, as they are. False if there is more.
     */
    private static boolean level(Path archive, Path other) throws IOException {
        ByteBuffer words = ByteBuffer.wrap(Files.readAllBytes(archive)).order(ByteOrder.nativeOrder());
        ByteBuffer later = ByteBuffer.wrap(Files.readAllBytes(other)).order(ByteOrder.nativeOrder());
        boolean clocks = words.limit() == later.limit();
        for (int at = 0; clocks && at < words.limit(); at += Integer.BYTES) {
            int apart = later.getInt(at) - words.getInt(at);
            if (apart != 0) {
                clocks = at < HEADER_BYTES || apart > 0 && apart < APART_MAX;
                words.putInt(at, 0);
            }
        }
        if (clocks) {
            Files.write(archive, words.array());
        }
        return clocks;
    }
}
