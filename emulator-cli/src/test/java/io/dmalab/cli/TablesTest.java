package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tables on terminals of any width. */
class TablesTest {
    private record Row(String name, int... values) {}

    private static final List<Row> ROWS = List.of(new Row("wait-for-drain", 1, 22, 333, 4444), new Row("legacy", 5, 6, 7, 8));

    private static TextTable<Row> table() {
        TextTable<Row> table = new TextTable<Row>().column("policy", Row::name);
        IntStream.range(0, 4).forEach(i -> table.column("column " + i, row -> Integer.toString(row.values()[i])));
        return table;
    }

    private static String printed(int width, String... cells) {
        StringWriter text = new StringWriter();
        Columns columns = new Columns("  ");
        columns.row("a", "short", "first");
        columns.row(cells);
        columns.print(new PrintWriter(text), width);
        return text.toString().replace("\r\n", "\n");
    }

    @Test
    void oneBlockWhereThereIsRoom() {
        List<String> lines = List.of("policy          column 0  column 1  column 2  column 3", "wait-for-drain         1        22       333      4444",
                "legacy                 5         6         7         8");
        assertThat(table().lines(ROWS)).isEqualTo(lines);
        assertThat(table().blocks(ROWS, 54)).containsExactly(lines);
    }

    @Test
    void moreBlocksWhereThereIsNone() {
        assertThat(table().blocks(ROWS, 53)).containsExactly(
                List.of("policy          column 0  column 1  column 2", "wait-for-drain         1        22       333",
                        "legacy                 5         6         7"),
                List.of("policy          column 3", "wait-for-drain      4444", "legacy                 8"));
    }

    @Test
    void everyColumnIsThereOnceHoweverNarrow() {
        for (int room = 0; room < 80; room++) {
            int limit = room;
            List<List<String>> blocks = table().blocks(ROWS, room);
            assertThat(blocks.stream().map(List::getFirst).map(head -> head.replace("policy", "").strip())
                    .flatMap(heads -> List.of(heads.split(" {2,}")).stream())).containsExactly("column 0", "column 1", "column 2", "column 3");
            if (room >= 24) {
                assertThat(blocks.stream().flatMap(List::stream)).allMatch(line -> line.length() <= limit);
            }
        }
    }

    @Test
    void aLongLastCellGoesOnInItsColumn() {
        String words = "words that are more than this line has room for";
        assertThat(printed(Terminal.UNLIMITED, "b", "longer", words)).isEqualTo("  a  short   first\n  b  longer  " + words + "\n");
        assertThat(printed(47, "b", "longer", words)).isEqualTo("""
                a  short   first
                b  longer  words that are more than this line
                           has room for
                """.indent(2));
    }

    @Test
    void orBelowItsRowWhereThatIsNarrow() {
        assertThat(printed(32, "b", "longer", "words that are more than this line has")).isEqualTo("""
                a  short   first
                b  longer
                    words that are more than
                    this line has
                """.indent(2));
    }
}
