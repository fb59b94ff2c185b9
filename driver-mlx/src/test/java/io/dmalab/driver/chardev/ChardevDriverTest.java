package io.dmalab.driver.chardev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Span;
import io.dmalab.api.device.Device;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.device.DeviceTreeImpl;
import io.dmalab.core.device.DmaLedger;
import io.dmalab.core.device.DmaMapping;
import io.dmalab.core.device.DriverCore;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.random.Streams;
import io.dmalab.driver.mlx.TestIommu;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChardevDriverTest {
    private final SimKernel kernel = new SimKernel(KernelConfig.basic(1), new Streams(1));
    private final DmaLedger ledger = new DmaLedger(kernel);
    private final TestIommu iommu = new TestIommu(16);
    private ChardevDriver driver;
    private Device device;

    @AfterEach
    void close() {
        kernel.close();
    }

    /** Binds at once, unbinds after a second. */
    private void run(HoldTime openFor, boolean track) {
        driver = new ChardevDriver(kernel, new ChardevOptions("app", 16, 0, openFor, track));
        kernel.attach(new DeviceTreeImpl(kernel), new DriverCore(kernel, d -> driver, alias -> Optional.empty()),
                new DmaMapping(kernel, ledger));
        kernel.policy(new FreePolicy() {});
        kernel.sched().spawn("test", 0, () -> {
            device = kernel.devices().add("0001:01:00.0", "acc0", kernel.deviceTree().root());
            device.backend(iommu);
            kernel.devices().bind(device);
            kernel.sched().sleepNanos(1_000_000_000);
            kernel.devices().unbind(device);
        });
        kernel.run();
    }

    private static HoldTime constant(String span) {
        return new HoldTime.Constant(Span.parse(span));
    }

    @Test
    @DisplayName("real-world-reports.md A4: the process exits after the removal: its buffers are unmapped for a device that is gone")
    void late_release() {
        run(constant("30s"), false);

        assertThat(iommu.lateUnmaps()).isEqualTo(16);
        assertThat(iommu.used()).isZero();
        assertThat(kernel.now()).isEqualTo(30_000_000_000L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"30s", "100ms"})
    @DisplayName("real-world-reports.md A4, repaired: removal ends the mappings of open files; the later close unmaps nothing")
    void tracked(String openFor) {
        run(constant(openFor), true);

        assertThat(iommu.lateUnmaps()).isZero();
        assertThat(iommu.used()).isZero();
        assertThat(kernel.findingRecords()).isEmpty();
    }

    @Test
    void a_process_that_exits_in_time_does_no_harm() {
        run(constant("100ms"), false);

        assertThat(iommu.lateUnmaps()).isZero();
        assertThat(iommu.used()).isZero();
        assertThat(driver.file()).isNull();
        assertThat(kernel.findingRecords()).isEmpty();
    }

    @Test
    void a_process_that_never_exits_keeps_its_mappings() {
        run(new HoldTime.Forever(), false);

        assertThat(driver.file().mapped()).isEqualTo(16);
        assertThat(ledger.streaming(device)).isEqualTo(16);
    }

    @Test
    void options_are_checked() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ChardevOptions("app", 0, 0, new HoldTime.Forever(), false))
                .withMessageContaining("use 1 to 65536");
    }
}
