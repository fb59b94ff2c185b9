package io.dmalab.driver.mlx.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.driver.mlx.hardware.ReceiveHardware.Outcome;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StridingHardwareTest {
    private static final long PAGE_0 = 0x100000;
    private static final long PAGE_1 = 0x900000;

    private final List<String> writes = new ArrayList<>();
    private final CompletionQueue completions = new CompletionQueue(8);

    private StridingHardware hardware(int pageShift, int pages, int strideShift, int strides, int headroom) {
        Class<?>[] type = {DmaApi.class};
        DmaApi dma = (DmaApi) Proxy.newProxyInstance(DmaApi.class.getClassLoader(), type, (proxy, method, args) -> {
            writes.add(Long.toHexString((Long) args[1]) + "+" + args[2]);
            return args[1];
        });
        StridingHardware rq = new StridingHardware(dma, (Device) null, completions, 1, pageShift, pages, strideShift, strides, headroom);
        rq.state(ReceiveHardware.State.READY);
        for (int wqe = 0; wqe < 2; wqe++) {
            rq.translate(wqe, 0, PAGE_0 + 0x10000 * wqe);
            rq.translate(wqe, 1, PAGE_1 + 0x10000 * wqe);
        }
        return rq;
    }

    @Test
    @DisplayName("linear: one stride a packet behind the headroom, page after page, WQE after WQE")
    void linear() {
        StridingHardware rq = hardware(12, 2, 11, 4, 128);
        rq.post(0);
        rq.post(1);
        for (int i = 0; i < 5; i++) {
            assertThat(rq.receive(1500, 7)).isEqualTo(Outcome.WRITTEN);
        }

        assertThat(writes).containsExactly("100080+1500", "100880+1500", "900080+1500", "900880+1500", "110080+1500");
        assertThat(completions.pending()).isEqualTo(5);
        assertThat(rq.postedWqes()).isOne();
    }

    @Test
    @DisplayName("non-linear: a packet takes whole strides, may cross pages, and never straddles two WQEs: a filler reports the rest")
    void nonlinear() {
        StridingHardware rq = hardware(12, 2, 8, 32, 0);
        rq.post(0);
        rq.post(1);
        assertThat(rq.receive(3000, 1)).isEqualTo(Outcome.WRITTEN);
        assertThat(rq.receive(3000, 2)).isEqualTo(Outcome.WRITTEN);
        assertThat(rq.receive(3000, 3)).isEqualTo(Outcome.WRITTEN);

        assertThat(writes).containsExactly("100000+3000", "100c00+1024", "900000+1976", "110000+3000");
        List<String> entries = new ArrayList<>();
        for (; completions.pending() > 0; completions.pop()) {
            entries.add(completions.wqe() + ":" + completions.firstStride() + "+" + completions.strideCount() + " " + completions.bytes());
        }
        assertThat(entries).containsExactly("0:0+12 3000", "0:12+12 3000", "0:24+8 " + CompletionQueue.FILLER, "1:0+12 3000");
    }

    @Test
    void without_a_posted_wqe_there_is_no_buffer() {
        StridingHardware rq = hardware(12, 2, 11, 4, 128);

        assertThat(rq.receive(100, 0)).isEqualTo(Outcome.NO_BUFFER);
    }
}
