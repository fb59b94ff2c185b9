package io.dmalab.api.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventType;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceRecordTest {
    @Test
    void aFieldIsFoundByItsName() {
        EventType type = EventType.of("toy:touched", "address=%x by=%s", "address", "by");
        TraceRecord event = new TraceRecord(7, ContextKind.values()[0], 0, 1, "cat", 42, type, List.of(4096L, "a paw"));
        assertThat(event.value("address")).isEqualTo(4096L);
        assertThat(event.value("by")).isEqualTo("a paw");
        assertThatThrownBy(() -> event.value("whom")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("toy:touched has no field 'whom', but address, by");
    }
}
