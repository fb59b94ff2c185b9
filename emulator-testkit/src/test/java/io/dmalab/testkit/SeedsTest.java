package io.dmalab.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.core.scenario.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeedsTest {
    @Test
    void bothEndsOfARangeBelongToIt() {
        Seeds seeds = Seeds.parse("7, 1..3,-2..-1", "t");
        assertThat(seeds.ranges()).containsExactly(new Seeds.Range(7, 7), new Seeds.Range(1, 3), new Seeds.Range(-2, -1));
        assertThat(seeds.size()).isEqualTo(6);
        assertThat(Seeds.parse("1..100000", "t").size()).isEqualTo(Seeds.MOST);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "one                     | t: 'one' is no seed and no range of seeds; write e.g. 7, 1..100 or 1,5,9..12",
        "1..                     | t: '1..' is no seed and no range of seeds; write e.g. 7, 1..100 or 1,5,9..12",
        "1-100                   | t: '1-100' is no seed and no range of seeds; write e.g. 7, 1..100 or 1,5,9..12",
        "1,,2                    | t: '' is no seed and no range of seeds; write e.g. 7, 1..100 or 1,5,9..12",
        "1...3                   | t: '1...3' is no seed and no range of seeds; write e.g. 7, 1..100 or 1,5,9..12",
        "9223372036854775808     | t: '9223372036854775808' is no seed and no range of seeds; write e.g. 7, 1..100 or 1,5,9..12",
        "9..1                    | t: the range 9..1 ends before it begins; write 1..9",
        "0..100000               | t: more than 100000 seeds; split them among several tests",
        "1..60000,1..60000       | t: more than 100000 seeds; split them among several tests",
        "-999999999999999999..999999999999999999 | t: more than 100000 seeds; split them among several tests",
    })
    void whatIsNoSeedIsExplainedInOneLine(String text, String message) {
        assertThatThrownBy(() -> Seeds.parse(text, "t")).isInstanceOf(BadInput.class).hasMessage(message);
    }
}
