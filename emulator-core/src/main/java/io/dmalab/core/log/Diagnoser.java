package io.dmalab.core.log;

import io.dmalab.api.diagnose.Diagnosis;
import io.dmalab.api.diagnose.Signature;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.util.Comparator;
import java.util.List;

/** Shows a log to every signature of the loaded plugins. */
public final class Diagnoser {
    private final Emulator emulator;

    private final Progress progress;

    /** @param progress told about MiB read of a file */
    public Diagnoser(Emulator emulator, Progress progress) {
        this.emulator = emulator;
        this.progress = progress;
    }

    /**
     * @param given path of a log, or {@link LogSource#STDIN}
     * @throws io.dmalab.core.scenario.BadInput if it cannot be read, or is no text
     */
    public LogDiagnosis read(String given, InputStream stdin) {
        try (Reader reader = LogSource.open(given, stdin, progress)) {
            return read(given, reader);
        } catch (IOException e) {
            throw LogSource.unreadable(given, e);
        }
    }

    /** @param name what the log is called */
    public LogDiagnosis read(String name, Reader log) throws IOException {
        List<Signature> signatures = emulator.extensions(Signature.class).stream().map(emulator::create).toList();
        long lines = LogReader.read(log, item -> signatures.forEach(signature -> signature.see(item)));
        List<Diagnosis> diagnoses = signatures.stream().flatMap(signature -> signature.diagnoses().stream())
                .sorted(Comparator.comparingLong((Diagnosis d) -> d.evidence().isEmpty() ? Long.MAX_VALUE : d.evidence().getFirst().line()))
                .toList();
        return new LogDiagnosis(name, lines, diagnoses, Course.of(diagnoses), Course.links(diagnoses));
    }
}
