package io.dmalab.cli;

import io.dmalab.core.Emulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleReference;
import java.lang.module.ResolvedModule;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What carries this dmalab: module path, image, archive of classes. The checks of {@code dmalab doctor} about it. */
final class Runtimes {
    private static final int JAVA = 25;
    private static final String LAUNCHER = "start it with the launcher, ./dmalab";
    private static final String ARCHIVE = "-XX:SharedArchiveFile=";
    private static final Path MAPS = Path.of("/proc/self/maps");
    private static final Module CORE = Emulator.class.getModule();

    private Runtimes() {}

    static List<Check> checks() {
        return List.of(java(), launch(), image(), classes(), fibers());
    }

    private static Check java() {
        String text = Runtime.version() + ", " + System.getProperty("java.vm.name") + ", " + System.getProperty("java.home");
        return Runtime.version().feature() == JAVA ? Check.ok("java", text)
                : Check.note("java", text, "dmalab is built for and tested on Java " + JAVA);
    }

    private static Check launch() {
        if (!CORE.isNamed()) {
            return Check.ok("launch", "class path; each drop-in plugin gets a class loader of its own");
        }
        String path = isImage() ? "modules of a run-time image" : "module path";
        List<String> automatic = CORE.getLayer().configuration().modules().stream().map(ResolvedModule::reference)
                .map(ModuleReference::descriptor).filter(d -> d.isAutomatic()).map(d -> d.name()).sorted().toList();
        return automatic.isEmpty() ? Check.ok("launch", path + "; each drop-in plugin gets a module layer of its own")
                : Check.note("launch", path + " with jars that are no modules: " + String.join(", ", automatic), "take them from lib/ of the distribution");
    }

    private static boolean isImage() {
        return CORE.isNamed() && CORE.getLayer().configuration().findModule(CORE.getName()).flatMap(m -> m.reference().location())
                .map(URI::getScheme).filter("jrt"::equals).isPresent();
    }

    private static Check image() {
        return isImage() ? Check.ok("image", System.getProperty("java.home"))
                : Check.note("image", "not used: this is a whole Java with dmalab's jars, which starts slower", LAUNCHER);
    }

    /** One that does not fit is left aside by the JVM without a word; whether it is used, Linux tells by what is mapped into the process. */
    private static Check classes() {
        Optional<Path> archive = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith(ARCHIVE)).reduce((first, last) -> last)
                .map(option -> Path.of(option.substring(ARCHIVE.length())));
        if (archive.isEmpty()) {
            return Check.note("classes", "no archive of them is used: they are loaded and linked afresh at each start", LAUNCHER);
        }
        if (!Files.exists(archive.get())) {
            return Check.note("classes", "archive " + archive.get() + " is not there: starts are slower", "build dmalab again");
        }
        return mapped(archive.get()) ? Check.ok("classes", "archive " + archive.get())
                : Check.note("classes", "archive " + archive.get() + " does not fit this Java or its options: starts are slower",
                        "leave JDK_JAVA_OPTIONS and JAVA_TOOL_OPTIONS empty, or build dmalab again");
    }

    private static boolean mapped(Path archive) {
        if (!Files.isReadable(MAPS)) {
            return true;
        }
        try (Stream<String> maps = Files.lines(MAPS)) {
            return maps.anyMatch(line -> line.endsWith(archive.getFileName().toString()));
        } catch (IOException | UncheckedIOException e) {
            return true;
        }
    }

    private static Check fibers() {
        if (Emulator.fibers().equals("scheduler")) {
            return Check.ok("fibers", "scheduled on the machine's own thread (fast)");
        }
        return Check.note("fibers", "handed over between threads (slow, same results)",
                "start Java with --add-opens java.base/java.lang=" + (CORE.isNamed() ? CORE.getName() : "ALL-UNNAMED"));
    }
}
