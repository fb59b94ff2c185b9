package io.dmalab.api.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.tracepoint.DmaEvents;
import io.dmalab.api.tracepoint.KernelEvents;
import io.dmalab.api.tracepoint.PagePoolEvents;
import io.dmalab.api.tracepoint.PowerpcEvents;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Declarations of trace events. */
class EventTypeTest {
    @Test
    @DisplayName("formats.md 1.2: page_pool_state_hold and _release print page= before 6.11 and netmem= with is_net_iov since 6.12")
    void pagePoolByProfile() {
        for (KernelProfile profile : List.of(KernelProfile.SLE15SP6_6_4, KernelProfile.V6_4)) {
            assertThat(PagePoolEvents.STATE_HOLD.layout(profile).text()).isEqualTo("page_pool=%p page=%p pfn=0x%lx hold=%u");
            assertThat(PagePoolEvents.STATE_RELEASE.layout(profile).text()).isEqualTo("page_pool=%p page=%p pfn=0x%lx release=%u");
        }
        for (KernelProfile profile : List.of(KernelProfile.V6_12, KernelProfile.V6_14, KernelProfile.V6_16)) {
            assertThat(PagePoolEvents.STATE_HOLD.layout(profile).text())
                    .isEqualTo("page_pool=%p netmem=%p is_net_iov=%lu, pfn=0x%lx hold=%u");
            assertThat(PagePoolEvents.STATE_RELEASE.layout(profile).text())
                    .isEqualTo("page_pool=%p netmem=%p is_net_iov=%lu pfn=0x%lx release=%u");
        }
    }

    @Test
    void aTypeThatWasRenamedKeepsItsNameAndId() {
        assertThat(DmaEvents.MAP.name()).isEqualTo("dma:dma_map_page");
        assertThat(DmaEvents.MAP.layouts()).extracting(EventLayout::name).containsExactly("dma:dma_map_phys", "dma:dma_map_page");
        assertThat(DmaEvents.MAP.layout(KernelProfile.V6_16).name()).isEqualTo("dma:dma_map_page");
        assertThat(DmaEvents.MAP.id()).isEqualTo(EventType.of("dma:dma_map_page", "").id());
    }

    @Test
    @DisplayName("formats.md 1.2: the parameter block of rtas_ll_entry has sixteen words")
    void parameterBlock() {
        assertThat(PowerpcEvents.params(0x70000016, -1)).startsWith("[0]=0x70000016 [1]=0xffffffff [2]=0x00000000 [3]=")
                .endsWith(" [14]=0x00000000 [15]=0x00000000");
    }

    @Test
    void namesAreUniqueAndNothingOfTheKernelIsSynthetic() {
        assertThat(KernelEvents.all()).doesNotHaveDuplicates().noneMatch(EventType::isSynthetic);
        assertThat(EventType.of("dmalab:step", "").isSynthetic()).isTrue();
        assertThat(EventType.synthetic("toy:step", "").isSynthetic()).isTrue();
    }

    @Test
    void aTextFieldIsOneThatIsPrintedAsText() {
        EventType type = EventType.of("a:b", "x=%d y=%s z=%p", "x", "y", "z");
        assertThat(List.of(type.isText(0), type.isText(1), type.isText(2))).containsExactly(false, true, false);
        assertThat(type.layouts().getFirst().pieces()).containsExactly(new EventLayout.Piece("x=", 'd', 0, false, "x"),
                new EventLayout.Piece(" y=", 's', 0, false, "y"), new EventLayout.Piece(" z=", 'p', 0, false, "z"));
    }

    @Test
    void wrongDeclarationsAreRefused() {
        assertThatThrownBy(() -> EventType.of("a:b", "x=%d y=%d", "x")).hasMessage("a:b: 2 conversions for 1 fields");
        assertThatThrownBy(() -> EventType.of("a:b", "x=%f", "x")).hasMessage("a:b: conversion %f is not one of %d %u %x %p %s");
        assertThatThrownBy(() -> EventType.of("a:b", "x=%d", "x").before("6.4", "z=%d", "z")).hasMessage("a:b has no field 'z'");
    }
}
