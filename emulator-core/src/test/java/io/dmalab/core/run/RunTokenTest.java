package io.dmalab.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.core.scenario.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunTokenTest {
    private static final RunToken TOKEN =
            new RunToken("my scenario/x@y", "0123abcd", "link,rate=100Gbit/s", -7, "kasan=off", "0.1.0-SNAPSHOT+89abcdef",
                    "0123456789abcdef");

    @Test
    void whatIsPrintedIsReadAgain() {
        String text = new RunToken("s", "0123abcd", "link,rate=100Gbit/s", -7, "kasan=off", "0.1.0-SNAPSHOT+89abcdef", "0123456789abcdef")
                .toString();
        assertThat(text).isEqualTo("run1:s@0123abcd/link,rate=100Gbit%2Fs/-7/kasan=off/0.1.0-SNAPSHOT+89abcdef/0123456789abcdef");
        assertThat(RunToken.parse(text + "\n", "t").toString()).isEqualTo(text);
    }

    @Test
    void noNameBreaksTheForm() {
        assertThat(TOKEN.toString()).doesNotContain(" ").matches("run1:[^/]*(/[^/]*){5}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "run2:a/b                                             | t: a token of form 'run2', this dmalab reads 'run1'; replay it",
        "hello                                                | t: not a replay token; copy the whole token, it looks like run1:SCENARIO@",
        "run1:a/b                                             | t: a token has 6 fields between slashes, this one 2; copy the whole",
        "run1:a/b/1/-/m/0123456789abcdef                      | t: the token's scenario is not of the form NAME@CONTENT; copy",
        "run1:a@0123abcd/b/one/-/m/0123456789abcdef           | t: the token's seed 'one' is not a number; copy",
        "run1:a@0123abcd/b/1/-/m/0123456789abcde              | t: the token does not end with a digest of 16 hex digits; copy",
        "run1:a@0123abcd/b%2/1/-/m/0123456789abcdef           | t: the token's field 'b%2' is damaged; copy",
    })
    void aDamagedTokenIsExplained(String text, String message) {
        assertThatThrownBy(() -> RunToken.parse(text, "t")).isInstanceOf(BadInput.class).hasMessageStartingWith(message);
    }
}
