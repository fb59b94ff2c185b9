package org.example.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.RunResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a project may want to be sure of: the device can be removed while its buffers are still out. */
class RemovalTest {
    private final Emulator emulator = Emulator.load();

    private RunResult remove(String policy, long seed) {
        return emulator.run(emulator.request("dlpar-remove-under-load").withPolicy(policy).withSeed(seed));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void legacyTouchesTheFreedTable(long seed) {
        RunResult result = remove("legacy", seed);
        assertTrue(result.found(FindingKind.USE_AFTER_FREE), () -> "expected a use after free, found " + result.findings());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void unmapAtDestroyDoesNot(long seed) {
        RunResult result = remove("unmap-at-destroy", seed);
        assertFalse(result.found(FindingKind.USE_AFTER_FREE), () -> "found " + result.findings());
        assertTrue(result.clean(), () -> "found " + result.findings());
    }

    @Test
    void theSameSeedGivesTheSameHistory() {
        assertEquals(remove("legacy", 1).digestText(), remove("legacy", 1).digestText());
    }
}
