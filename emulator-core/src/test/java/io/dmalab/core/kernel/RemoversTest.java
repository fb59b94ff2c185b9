package io.dmalab.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.kernel.Mutex;
import io.dmalab.core.random.Streams;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who is held up by a removal. Every scene: drmgr holds &amp;dev-&gt;mutex and polls. */
class RemoversTest {
    private static final long SECOND = 1_000_000_000L;
    private final SimKernel kernel = new SimKernel(KernelConfig.basic(1), new Streams(1));
    private final Mutex device = kernel.locks().mutex("&dev->mutex");
    private final Mutex other = kernel.locks().mutex("other");

    @AfterEach
    void close() {
        kernel.close();
    }

    private void remover(int seconds, boolean removes) {
        kernel.sched().spawn("drmgr", 0, () -> {
            device.lock();
            if (removes) {
                kernel.removalBegins();
            }
            for (int i = 0; i < 10 * seconds; i++) {
                kernel.sched().sleepNanos(SECOND / 10);
            }
            if (removes) {
                kernel.removalEnds();
            }
            device.unlock();
        });
    }

    private void task(String name, int startSeconds, Mutex... locks) {
        kernel.sched().spawn(name, 1, () -> {
            kernel.sched().sleepNanos(startSeconds * SECOND + 1);
            for (Mutex lock : locks) {
                lock.lock();
            }
            for (Mutex lock : locks) {
                lock.unlock();
            }
        });
    }

    private long metric(String name) {
        return kernel.metricsTable().value(name).orElseThrow();
    }

    @Test
    @DisplayName("free-policies.md P4: an innocent reader of the device's uevent hangs while the remover holds the device lock")
    void aReaderOfTheDevice() {
        remover(400, true);
        task("systemd-journal", 50, device);
        kernel.run();
        kernel.countCollateral();
        assertThat(metric(Metrics.COLLATERAL_TASKS)).isEqualTo(1);
        assertThat(metric(Metrics.COLLATERAL_NS)).isEqualTo(350 * SECOND - 1);
        assertThat(metric(Metrics.HUNG_TASKS)).isEqualTo(1);
        assertThat(metric(Metrics.INNOCENT_HUNG_TASKS)).isEqualTo(1);
    }

    @Test
    void whoWaitsBehindAWaiterCountsToo() {
        remover(400, true);
        task("one", 10, other, device);
        task("two", 20, other);
        kernel.run();
        kernel.countCollateral();
        assertThat(metric(Metrics.COLLATERAL_TASKS)).isEqualTo(2);
    }

    @Test
    void aShortWaitIsNoHarm() {
        remover(200, true);
        task("short", 100, device);
        kernel.run();
        kernel.countCollateral();
        assertThat(metric(Metrics.COLLATERAL_TASKS)).isZero();
        assertThat(metric(Metrics.INNOCENT_HUNG_TASKS)).isZero();
    }

    @Test
    void aLongWaitForSomebodyElseIsNotTheRemoversDoing() {
        remover(400, false);
        task("other", 50, device);
        kernel.run();
        kernel.countCollateral();
        assertThat(metric(Metrics.COLLATERAL_TASKS)).isZero();
        assertThat(metric(Metrics.INNOCENT_HUNG_TASKS)).as("hung all the same").isEqualTo(1);
    }

    @Test
    void whoStillWaitsAtTheEndOfTheRunCounts() {
        kernel.sched().spawn("drmgr", 0, () -> {
            device.lock();
            kernel.removalBegins();
            kernel.locks().completion("never").awaitInterruptible();
        });
        task("waiter", 1, device);
        kernel.sched().at(500 * SECOND, ContextKind.TIMER, 0, x -> { }, 0);
        kernel.run();
        kernel.countCollateral();
        assertThat(metric(Metrics.COLLATERAL_TASKS)).isEqualTo(1);
        assertThat(metric(Metrics.COLLATERAL_NS)).isEqualTo(499 * SECOND - 1);
    }
}
