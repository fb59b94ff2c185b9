package io.dmalab.cli;

import io.dmalab.core.Emulator;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.FileTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which worlds an exploration is asked for: those that are named, or all of a folder.
 *
 * @param names   of scenarios, {@value #ALL} for the small worlds of the library
 * @param files   of a folder that was named instead
 * @param library folder of scenarios besides those that are shipped
 */
record Worlds(List<String> names, List<Path> files, Optional<Path> library) {
    static final String ALL = "worlds";
    /** The library's folder of small worlds. */
    private static final Path FOLDER = Path.of("explore");

    Worlds {
        names = List.copyOf(names);
        files = List.copyOf(files);
    }

    /**
     * @param named     what the user named
     * @param folder    the option {@code --scenarios}: with nothing named all of it is meant
     * @param otherwise what is explored where neither is given
     * @throws BadInput if nothing is named, and the folder holds nothing
     */
    static Worlds of(List<String> named, Optional<Path> folder, String otherwise) {
        if (!named.isEmpty() || folder.isEmpty()) {
            return new Worlds(named.isEmpty() ? List.of(otherwise) : named, List.of(), folder);
        }
        if (Files.isDirectory(folder.get())) {
            return new Worlds(List.of(), files(folder.get()), folder);
        }
        boolean shipped = folder.get().equals(FOLDER);
        return new Worlds(List.of(shipped ? ALL : otherwise), List.of(), shipped ? Optional.empty() : folder);
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            List<Path> files = all.filter(file -> file.toString().endsWith(".yaml") || file.toString().endsWith(".yml")).sorted().toList();
            if (files.isEmpty()) {
                throw BadInput.of("--scenarios", "folder " + folder + " holds no scenario file", "name one that does, or a scenario");
            }
            return files;
        } catch (IOException e) {
            throw BadInput.of("--scenarios", "folder " + folder + " cannot be listed (" + FileTrouble.cause(e) + ")", "name another one");
        }
    }

    /** @param asked of those that are not named one by one the ones with states are left out: they are cut to the policy they come with */
    List<RunRequest> requests(Emulator emulator, boolean asked) {
        List<RunRequest> requests = new ArrayList<>();
        for (String name : names) {
            if (name.equals(ALL)) {
                emulator.worlds().stream().map(emulator::request).filter(world -> fits(world, asked)).forEach(requests::add);
            } else {
                requests.add(emulator.request(name));
            }
        }
        files.stream().map(file -> emulator.request(file.toString())).filter(world -> fits(world, asked)).forEach(requests::add);
        return requests;
    }

    private static boolean fits(RunRequest world, boolean asked) {
        return !asked || !world.scenario().exploration().states();
    }
}
