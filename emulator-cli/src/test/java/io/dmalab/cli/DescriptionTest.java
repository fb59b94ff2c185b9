package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DescriptionTest {
    @Test
    void itemsAreFoldedAndTheirLabelsStandInAColumn() {
        String description = """
                Mechanism  waits for all
                           of them.

                Cost: none at all, and this is so long a sentence that it has to be folded.
                It is plain text: without a label.
                """;
        assertThat(Description.lines(description, 40)).containsExactly(
                "Mechanism  waits for all of them.",
                "Cost       none at all, and this is so",
                "           long a sentence that it has",
                "           to be folded.",
                "           It is plain text: without a",
                "           label.");
    }

    @Test
    void withoutLabelsNothingIsIndented() {
        assertThat(Description.lines("one two\nthree", 100)).containsExactly("one two", "three");
        assertThat(Description.lines("", 100)).isEmpty();
    }
}
