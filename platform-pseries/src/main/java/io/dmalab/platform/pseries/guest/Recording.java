package io.dmalab.platform.pseries.guest;

import io.dmalab.api.guest.BadRecording;
import io.dmalab.platform.pseries.recording.RecordedCall;
import io.dmalab.platform.pseries.recording.RecordedMachine;
import io.dmalab.platform.pseries.recording.RecordingReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A recording that is read as it is asked for: a few lines ahead at most are kept. */
final class Recording implements AutoCloseable {
    /** How far to look for a processor's next call; the ones of the others in between are then behind it. */
    private static final int LOOK_AHEAD_MAX = 1024;

    private final RecordingReader reader;
    private final RecordedMachine machine;
    private final RecordedCall current = new RecordedCall();
    private final List<RecordedCall> ahead = new ArrayList<>();

    private Recording(RecordingReader reader) {
        this.reader = reader;
        this.machine = RecordedMachine.withGuest(reader);
    }

    /** @throws BadRecording if the file cannot be read or is none of a guest */
    static Recording open(Path file) {
        RecordingReader reader = RecordingReader.open(file);
        try {
            return new Recording(reader);
        } catch (BadRecording e) {
            reader.close();
            throw e;
        }
    }

    /** Of the file, as it lies on the disk. */
    long bytesRead() {
        return reader.bytesRead();
    }

    RecordedMachine machine() {
        return machine;
    }

    /** The next line, which stays the next one; null at the end. */
    RecordedCall peek() {
        return ahead(0);
    }

    /** Takes the next line. */
    RecordedCall take() {
        RecordedCall line = ahead(0);
        ahead.removeFirst();
        return line;
    }

    /** The next call of a processor, which stays; null if it makes none soon. */
    RecordedCall peekCall(int cpu) {
        int index = indexOfCall(cpu, 0);
        return index < 0 ? null : ahead.get(index);
    }

    /** The call of a processor after that next one. */
    RecordedCall peekCallAfter(RecordedCall line) {
        int index = indexOfCall(line.cpu(), ahead.indexOf(line) + 1);
        return index < 0 ? null : ahead.get(index);
    }

    /** Takes a line that was looked at. */
    void take(RecordedCall line) {
        ahead.remove(line);
    }

    private int indexOfCall(int cpu, int from) {
        for (int i = from; i < LOOK_AHEAD_MAX; i++) {
            RecordedCall line = ahead(i);
            if (line == null) {
                return -1;
            }
            if (line.isCall() && line.cpu() == cpu) {
                return i;
            }
        }
        return -1;
    }

    private RecordedCall ahead(int number) {
        while (ahead.size() <= number) {
            if (!reader.next(current)) {
                return null;
            }
            if (!current.isEffect()) {
                ahead.add(current.copy());
            }
        }
        return ahead.get(number);
    }

    @Override
    public void close() {
        reader.close();
    }
}
