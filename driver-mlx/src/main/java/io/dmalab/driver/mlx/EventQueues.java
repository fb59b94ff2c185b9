package io.dmalab.driver.mlx;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Kernel;
import java.util.ArrayList;
import java.util.List;

/**
 * The event queues (drivers/net/ethernet/mellanox/mlx5/core/eq.c, v6.14): three asynchronous ones and one per completion vector. Their
 * interrupts are the channels'.
 */
final class EventQueues {
    private static final int ASYNC_QUEUES = 3;
    private static final long ASYNC_BYTES = 4096;
    private static final long COMPLETION_BYTES = 1024 * 64;

    private final Kernel kernel;
    private final Device device;
    private final Commands commands;
    private final List<Queue> queues = new ArrayList<>();

    EventQueues(Kernel kernel, Device device, Commands commands) {
        this.kernel = kernel;
        this.device = device;
        this.commands = commands;
    }

    private record Queue(CoherentBuffer buffer, int number) {}

    /** @throws MlxException with ENOMEM or EIO; {@link #destroy} undoes what was done */
    @KernelFunction(value = "mlx5_eq_table_create", module = "mlx5_core")
    void create(int vectors) {
        for (int i = 0; i < ASYNC_QUEUES; i++) {
            create(ASYNC_BYTES);
        }
        for (int i = 0; i < vectors; i++) {
            create(COMPLETION_BYTES);
        }
    }

    private void create(long bytes) {
        CoherentBuffer buffer = CoherentBuffer.alloc(kernel, device, bytes);
        int number;
        try {
            number = commands.create("CREATE_EQ");
        } catch (MlxException e) {
            buffer.free(kernel);
            throw e;
        }
        queues.add(new Queue(buffer, number));
    }

    @KernelFunction(value = "mlx5_eq_table_destroy", module = "mlx5_core")
    void destroy() {
        for (Queue queue : queues.reversed()) {
            commands.exec("DESTROY_EQ", queue.number());
            queue.buffer().free(kernel);
        }
        queues.clear();
    }
}
