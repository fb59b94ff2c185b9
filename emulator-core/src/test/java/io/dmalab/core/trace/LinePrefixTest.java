package io.dmalab.core.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The part of a line in front of its event, against the kernel's printf formats. */
class LinePrefixTest {
    private static String print(String comm, int pid, int cpu, String flags, long nanos) {
        StringBuilder out = new StringBuilder();
        new LinePrefix(comm, pid, cpu, flags, nanos, 0).print(out);
        return out.toString();
    }

    /** The formula of the sheet, carried out by java.util.Formatter, whose widths mean the same. */
    private static String formula(String comm, int pid, int cpu, String flags, long micros) {
        String name = comm.substring(0, Math.min(15, comm.length()));
        return String.format(Locale.ROOT, "%16s-%-7d [%03d] %s %5d.%06d: ", name, pid, cpu, flags, micros / 1_000_000, micros % 1_000_000);
    }

    @Test
    @DisplayName("formats.md 5.1: comm of 1, 15 and more characters, pid beyond seven digits, CPU beyond three")
    void theFormulaAtItsEdges() {
        assertThat(print("a", 1, 0, ".....", 0)).isEqualTo("               a-1       [000] .....     0.000000: ");
        assertThat(print("fifteen-letters", 9_999_999, 999, "..s1.", 99_999_999_999_000L))
                .isEqualTo(" fifteen-letters-9999999 [999] ..s1. 99999.999999: ");
        assertThat(print("sixteen-letters!", 10_000_000, 1000, "d.h..", 100_000_000_000_000L))
                .isEqualTo(" sixteen-letters-10000000 [1000] d.h.. 100000.000000: ");
        assertThat(print("", 0, 7, ".....", 1_500)).isEqualTo("                -0       [007] .....     0.000002: ");
    }

    @Test
    @DisplayName("formats.md 5.1: byte-exact against the printf formula, 20,000 random lines, and each is read back")
    void theFormulaEverywhere() throws LinePrefix.Unreadable {
        Random random = new Random(5);
        String letters = "abcdefghijklmnopqrstuvwxyz0123456789/:-_. +<>()";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder comm = new StringBuilder("k");
            random.ints(random.nextInt(20), 0, letters.length()).forEach(c -> comm.append(letters.charAt(c)));
            comm.append('z');
            int pid = random.nextInt(1 << random.nextInt(1, 31));
            int cpu = random.nextInt(1 << random.nextInt(1, 14));
            long micros = random.nextLong(1L << random.nextInt(1, 53));
            String printed = print(comm.toString(), pid, cpu, "d.h3.", micros * 1000);
            assertThat(printed).isEqualTo(formula(comm.toString(), pid, cpu, "d.h3.", micros));
            String name = comm.substring(0, Math.min(15, comm.length()));
            assertThat(LinePrefix.read(printed + "x: y")).as(printed)
                    .isEqualTo(new LinePrefix(name.strip(), pid, cpu, "d.h3.", micros * 1000, printed.length()));
        }
    }

    @ParameterizedTest
    @CsvSource({"1499, 0.000001", "1500, 0.000002", "999999499, 0.999999", "999999500, 1.000000"})
    void nanosecondsAreRoundedAsNs2usecsDoes(long nanos, String stamp) {
        assertThat(print("x", 1, 0, ".....", nanos)).endsWith(" " + stamp + ": ");
    }
}
