package io.dmalab.core.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.dma.DmaDirection;
import java.lang.StackWalker.Option;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DmaDebugTest {
    private static final int PAGE = 65536;
    private static final DmaDirection FROM = DmaDirection.FROM_DEVICE;

    private final Rig rig = new Rig();
    private final DeviceImpl device = rig.plug();

    @AfterEach
    void close() {
        rig.close();
    }

    private DmaDebug enable() {
        return new DmaDebug(rig.kernel, rig.ledger, rig.devices.busChain(), DmaDebugTest::capture);
    }

    /** The annotated functions on the stack; every offset is 0x8/0x10. */
    private static List<String> capture(int depthMax) {
        return StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE).walk(frames -> frames
                .map(frame -> Arrays.stream(frame.getDeclaringClass().getDeclaredMethods())
                        .filter(method -> method.getName().equals(frame.getMethodName()))
                        .map(DmaDebugTest::symbol).filter(Objects::nonNull).findFirst().orElse(null))
                .filter(Objects::nonNull).distinct().limit(depthMax).map(symbol -> symbol + "+0x8/0x10").toList());
    }

    private static String symbol(Method method) {
        KernelFunction function = method.getAnnotation(KernelFunction.class);
        return function == null ? null : function.value();
    }

    /** The log from the first DMA-API line on, without the machine's part of the warning. */
    private List<String> report() {
        List<String> starts = List.of("DMA-API", "One of leaked", "WARNING", "------------[");
        return rig.log().stream().filter(line -> line.endsWith("+0x8/0x10") || starts.stream().anyMatch(line::startsWith)).map(line -> line.replaceAll("\\+0x.*", "+")).toList();
    }

    private long map() {
        return rig.dma.mapPage(device, rig.kernel.pages().alloc(), 0, PAGE, FROM);
    }

    /**
     * The count is of streaming and coherent mappings; the sample is the one the kernel's hash shows last: highest in bits 13 to
     * 26 of its address.
     */
    @Test
    @DisplayName("formats.md 1.1: the leak report at unbind")
    void leakReport() {
        enable();
        rig.bound(device, () -> {
            rig.dma.allocCoherent(device, 4096);
            map();
            map();
            rig.devices.unbind(device);
        });

        assertThat(String.join("\n", report())).isEqualTo("""
                ------------[ cut here ]------------
                DMA-API: pci 0018:01:00.0: device driver has pending DMA allocations while released from device [count=3]
                One of leaked entries details: [device address=0x0800000000030000] [size=65536 bytes] [mapped with DMA_FROM_DEVICE] \
                [mapped as single]
                WARNING: CPU: 0 PID: 1001 at dma_debug_device_change+
                DMA-API: Mapped at:
                 debug_dma_map_page+
                 dma_map_page_attrs+""");
        assertThat(rig.kinds()).as("pages out at unbind are no crime by themselves").isEmpty();
    }

    @Test
    @DisplayName("real-world-reports.md A8: coherent memory that a driver leaves behind is reported at unbind")
    void coherentMemoryLeaksToo() {
        enable();
        rig.bound(device, () -> {
            rig.dma.allocCoherent(device, 100);
            rig.devices.unbind(device);
        });

        assertThat(report()).contains(
                "DMA-API: pci 0018:01:00.0: device driver has pending DMA allocations while released from device [count=1]",
                "One of leaked entries details: [device address=0x0800000000010000] [size=100 bytes] "
                        + "[mapped with DMA_BIDIRECTIONAL] [mapped as coherent]",
                " debug_dma_alloc_coherent+", " dma_alloc_attrs+");
    }

    @Test
    void nothingIsSaidWhenNothingIsLeft() {
        DmaDebug debug = enable();
        rig.bound(device, () -> {
            rig.dma.unmapPage(device, map(), PAGE, FROM);
            rig.devices.remove(device);
        });

        assertThat(rig.log()).isEmpty();
        assertThat(debug.errors()).isZero();
    }

    @Test
    void aKernelWithoutDmaDebugSaysNothing() {
        rig.bound(device, () -> {
            map();
            rig.devices.unbind(device);
        });

        assertThat(rig.log()).isEmpty();
        assertThat(rig.ledger.oldest(device).orElseThrow().stack()).isEmpty();
    }

    @Test
    void oneErrorIsShownAndTheRestCounted() {
        DmaDebug debug = enable();
        rig.bound(device, () -> {
            rig.dma.unmapPage(device, 0xabcd0000L, PAGE, FROM);
            rig.dma.unmapPage(device, -1L, PAGE, FROM);
            map();
            rig.devices.unbind(device);
        });

        assertThat(debug.errors()).isEqualTo(3);
        assertThat(report()).filteredOn(line -> line.startsWith("DMA-API")).containsExactly("DMA-API: mlx5_core 0018:01:00.0: device "
                + "driver tries to free DMA memory it has not allocated [device address=0x00000000abcd0000] [size=65536 bytes]");
    }

    @Test
    void whatDiffersIsSaidAsTheKernelSaysIt() {
        enable();
        rig.bound(device, () -> rig.dma.unmapPage(device, map(), 4096, FROM));

        assertThat(report()).contains("DMA-API: mlx5_core 0018:01:00.0: device driver frees DMA memory with different size "
                + "[device address=0x0800000000010000] [map size=65536 bytes] [unmap size=4096 bytes]");
    }

    @Test
    void theLedgerKeepsTheStackOfWhoeverMapped() {
        enable();
        rig.bound(device, () -> map());

        assertThat(rig.ledger.oldest(device).orElseThrow().stack())
                .startsWith("debug_dma_map_page+0x8/0x10", "dma_map_page_attrs+0x8/0x10");
    }
}
