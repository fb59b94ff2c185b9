package io.dmalab.api.guest;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Holds a platform's hypervisor against a real one: each call of a recording is made again, on the machine that the recording's header
 * describes, and the answers are compared. The other side of {@link GuestConformance}.
 */
@FunctionalInterface
public interface HypervisorConformance {
    /**
     * Replays a recording as a stream; memory does not grow with the file. Needs no machine. If the file turns out to be damaged, what was
     * compared before that is the result.
     *
     * @param differencesMax differences to keep
     * @param watch          asked now and then, from this thread
     * @throws BadRecording if the file cannot be read or is no recording
     */
    Result replay(Path recording, int differencesMax, Watch watch);

    /** Follows a replay and can end it. */
    @FunctionalInterface
    interface Watch {
        Watch NONE = bytes -> true;

        /** @param bytes read of the file so far, as it lies on the disk @return false to end the replay here */
        boolean goesOn(long bytes);
    }

    /**
     * What came of a recording.
     *
     * @param operations  in the order of their names
     * @param differences the first ones
     * @param damage      what is wrong with the rest of the file: {@code file:line:column: cause; remedy}
     * @param complete    false if the replay was ended before the recording
     */
    record Result(List<Operation> operations, List<Difference> differences, Optional<String> damage, boolean complete) {
        public Result {
            operations = List.copyOf(operations);
            differences = List.copyOf(differences);
        }

        public long calls() {
            return operations.stream().mapToLong(Operation::calls).sum();
        }

        public long differed() {
            return operations.stream().mapToLong(Operation::differed).sum();
        }
    }

    /** Calls of one kind. */
    record Operation(String name, long calls, long differed) {
        public long agreed() {
            return calls - differed;
        }
    }

    /**
     * A call that was answered otherwise.
     *
     * @param sequence the recorded call's number
     * @param line     its line in the file
     * @param call     the call in words
     * @param expected the recorded answer
     * @param got      ours
     * @param state    what decided ours
     */
    record Difference(long sequence, long line, String call, String expected, String got, String state) {}
}
