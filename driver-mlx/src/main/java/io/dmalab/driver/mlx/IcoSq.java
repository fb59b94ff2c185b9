package io.dmalab.driver.mlx;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.driver.mlx.hardware.SendHardware;

/**
 * The internal control queue of a channel (struct mlx5e_icosq, v6.14): UMR WQEs that tell the hardware the pages of a striding WQE. The
 * async one is left out.
 */
final class IcoSq {
    private static final int LOG_SIZE = 10;
    /** Time the hardware takes to write one WQE's translation entries. */
    private static final long UMR_NANOS = 500;

    private final Mdev mdev;
    private final KernelObject memory;
    private final SendHardware hardware = new SendHardware(LOG_SIZE, 1, 0);
    private final QueueContext cq;
    private final QueueContext sq;
    private boolean enabled;

    IcoSq(Mdev mdev, KernelObject memory) {
        this.mdev = mdev;
        this.memory = memory;
        this.cq = new QueueContext(mdev, "CQ");
        this.sq = new QueueContext(mdev, "SQ");
    }

    QueueContext cq() {
        return cq;
    }

    int logCompletions() {
        return LOG_SIZE;
    }

    @KernelFunction(value = "mlx5e_open_icosq", module = "mlx5_core")
    void open() {
        sq.allocRing(LOG_SIZE);
        sq.create();
    }

    @KernelFunction(value = "mlx5e_activate_icosq", module = "mlx5_core")
    void activate() {
        memory.write("icosq.state");
        enabled = true;
    }

    SendHardware hardware() {
        return hardware;
    }

    /** Posts the UMR WQE of one receive WQE. */
    void postUmr(long now) {
        hardware.post(now, UMR_NANOS);
    }

    /** UMR WQEs completed since the last call. */
    @KernelFunction(value = "mlx5e_poll_ico_cq", module = "mlx5_core")
    int poll(long now) {
        memory.read("icosq.state");
        int done = enabled ? hardware.completions(now) : 0;
        hardware.consume(done);
        return done;
    }

    @KernelFunction(value = "mlx5e_deactivate_icosq", module = "mlx5_core")
    void deactivate() {
        memory.write("icosq.state");
        enabled = false;
        mdev.synchronizeNet();
    }

    @KernelFunction(value = "mlx5e_close_icosq", module = "mlx5_core")
    void close() {
        if (sq.destroy()) {
            hardware.stop();
        }
        sq.freeRing();
    }
}
