package io.dmalab.core.scenario;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apiguardian.api.API;

/**
 * The scenarios there are: those shipped inside dmalab, and those of a folder, which win over shipped ones of the same name. A scenario's
 * id is its file's name.
 */
@API(status = API.Status.INTERNAL, since = "0.1")
public final class ScenarioLibrary {
    private static final String END = ".yaml";
    /** A module's resources cannot be listed, so their names stand here; a test compares them with the folder they come from. */
    static final List<String> SHIPPED = List.of(
            "close-wait-rst", "defer-cpu-offline", "direct-window", "dlpar-remove-under-load", "dma-debug-unbind", "dma-direct-offset",
            "dma-direct-unbind", "fd-holder", "fd-holder-smmu", "forwarder", "fragment-30s", "hns3-unbind-smmu", "idle-cpu-defer",
            "isolated-slot", "liobn-reuse", "liobn-stranger", "lpm-bond-failover", "mtu-then-remove", "namespace-exit",
            "never-read-socket", "ring-resize-only", "s390-unbind", "s390-zpci-unbind", "slot-power-off", "two-removals-queued", "two-tables",
            "uevent-reader", "vf-loop", "zcrx-area");

    /** Small worlds to explore, in a folder of their own. */
    static final List<String> WORLDS = List.of("dmarace-legacy", "dmarace-refcount", "dmarace-wait", "interface-goes", "liobn-reuse-race",
            "removal-against-probe", "return-against-walk",
            "ring-producer-against-pool-free", "seed-race", "two-removals", "two-users");
    private static final String WORLD_FOLDER = "explore";

    private final Optional<Path> folder;

    public ScenarioLibrary(Optional<Path> folder) {
        this.folder = folder;
    }

    /** Every scenario, in order of id. @throws BadInput if one cannot be read */
    public List<Scenario> all() {
        Map<String, Scenario> all = new TreeMap<>();
        SHIPPED.forEach(name -> all.put(name, shipped(name)));
        files().forEach(file -> all.put(name(file), read(file)));
        return List.copyOf(all.values());
    }

    /** The small worlds, in order of id. @throws BadInput if one cannot be read */
    public List<Scenario> worlds() {
        Map<String, Scenario> all = new TreeMap<>();
        WORLDS.forEach(name -> all.put(name, shipped(WORLD_FOLDER + "/" + name)));
        worldFiles().forEach(file -> all.put(name(file), read(file)));
        return List.copyOf(all.values());
    }

    /** @param nameOrPath an id, or the path of a file: anything with a separator or the ending .yaml */
    public Scenario find(String nameOrPath) {
        if (nameOrPath.isBlank()) {
            throw BadInput.of("SCENARIO", "the name is empty", "see 'dmalab scenarios'");
        }
        if (nameOrPath.endsWith(END) || nameOrPath.endsWith(".yml") || nameOrPath.contains("/") || nameOrPath.contains("\\")) {
            return ScenarioReader.read(path(nameOrPath));
        }
        Optional<Path> file = files().stream().filter(f -> name(f).equals(nameOrPath)).findFirst();
        if (file.isPresent()) {
            return read(file.get());
        }
        if (SHIPPED.contains(nameOrPath)) {
            return shipped(nameOrPath);
        }
        Optional<Path> world = worldFiles().stream().filter(f -> name(f).equals(nameOrPath)).findFirst();
        if (world.isPresent()) {
            return read(world.get());
        }
        if (WORLDS.contains(nameOrPath)) {
            return shipped(WORLD_FOLDER + "/" + nameOrPath);
        }
        if (Files.isRegularFile(path(nameOrPath))) {
            throw BadInput.of(nameOrPath, "is there, but its name does not end in " + END, "rename it, or write ./" + nameOrPath);
        }
        List<String> known = new ArrayList<>(SHIPPED);
        known.addAll(WORLDS);
        files().forEach(f -> known.add(name(f)));
        worldFiles().forEach(f -> known.add(name(f)));
        throw BadInput.of(nameOrPath, "unknown scenario", Suggestion.remedy(nameOrPath, known.stream().distinct().toList()));
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw BadInput.of(BadInput.quote(text), "is not a path (" + e.getReason() + ")", "name a scenario or its file");
        }
    }

    /** A file of the folder, which is found by its name. */
    private static Scenario read(Path file) {
        Scenario scenario = ScenarioReader.read(file);
        if (!scenario.id().equals(name(file))) {
            throw BadInput.at(file.toString(), 1, 1, "the scenario calls itself '" + scenario.id() + "'", "name it as its file, '"
                    + name(file) + "'");
        }
        return scenario;
    }

    private static Scenario shipped(String name) {
        try (InputStream in = ScenarioLibrary.class.getResourceAsStream("library/" + name + END)) {
            if (in == null) {
                throw new IllegalStateException("scenario " + name + " is not in this build");
            }
            return ScenarioReader.read(new String(in.readAllBytes(), StandardCharsets.UTF_8), name + END);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<Path> files() {
        return folder.map(ScenarioLibrary::files).orElse(List.of());
    }

    private List<Path> worldFiles() {
        return folder.map(f -> f.resolve(WORLD_FOLDER)).filter(Files::isDirectory).map(ScenarioLibrary::files).orElse(List.of());
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().endsWith(END)).sorted(Comparator.comparing(ScenarioLibrary::name)).toList();
        } catch (IOException e) {
            throw BadInput.of(folder.toString(), "cannot be listed (" + FileTrouble.cause(e) + ")",
                    "name a folder that holds scenario files");
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString().replaceAll("\\.ya?ml$", "");
    }
}
