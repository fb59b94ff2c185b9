package io.dmalab.driver.mlx;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import java.util.ArrayList;
import java.util.List;

/**
 * The firmware command interface (drivers/net/ethernet/mellanox/mlx5/core/cmd.c, v6.14): the command queue and its mailboxes in coherent
 * memory, and commands that take time. A device that the host bridge has frozen fails every command at once. Left out: asynchronous
 * commands, the 60 s timeout.
 */
final class Commands {
    private static final long QUEUE_BYTES = 4096;
    private static final long MAILBOX_POOL_BYTES = 65536;
    private static final int MAILBOX_POOLS = 2;
    private static final int NO_OBJECT = 0;

    private final Kernel kernel;
    private final Device device;
    private final long commandNanos;
    private final long name;
    private final List<CoherentBuffer> memory = new ArrayList<>();
    private KernelObject object;
    private int nextObject = 1;

    /** @param commandNanos time a command takes; 0 for at once */
    Commands(Kernel kernel, Device device, long commandNanos) {
        this.kernel = kernel;
        this.device = device;
        this.commandNanos = commandNanos;
        this.name = kernel.trace().text(device.name());
    }

    @KernelFunction(value = "mlx5_cmd_enable", module = "mlx5_core")
    void enable() {
        object = kernel.memory().kzalloc("mlx5_cmd", 2048);
        memory.add(CoherentBuffer.alloc(kernel, device, QUEUE_BYTES));
        for (int i = 0; i < MAILBOX_POOLS; i++) {
            memory.add(CoherentBuffer.alloc(kernel, device, MAILBOX_POOL_BYTES));
        }
    }

    /** Frees what {@link #enable} got so far. No-op if nothing. */
    @KernelFunction(value = "mlx5_cmd_disable", module = "mlx5_core")
    void disable() {
        memory.reversed().forEach(buffer -> buffer.free(kernel));
        memory.clear();
        if (object != null) {
            kernel.memory().free(object);
            object = null;
        }
    }

    /**
     * A CREATE command. Task context.
     *
     * @return number of the new object
     * @throws MlxException with EIO if the device does not answer
     */
    int create(String opcode) {
        int number = nextObject++;
        if (!exec(opcode, number)) {
            throw new MlxException(MlxException.EIO, opcode + " failed");
        }
        return number;
    }

    /** A command without an object of its own; false if the device does not answer. Task context. */
    boolean exec(String opcode) {
        return exec(opcode, NO_OBJECT);
    }

    /** A command on an object; false if the device does not answer. Task context. */
    @KernelFunction(value = "mlx5_cmd_exec", module = "mlx5_core")
    boolean exec(String opcode, int number) {
        object.write("ent_arr");
        boolean answers = !kernel.dma().frozen(device);
        if (answers && commandNanos > 0) {
            kernel.sched().sleepNanos(commandNanos);
        }
        kernel.trace().emit(MlxEvents.COMMAND, name, kernel.trace().text(opcode), number, answers ? 0 : -MlxException.EIO);
        return answers;
    }
}
