package io.dmalab.platform.pseries.hvcall;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.kernel.EventType;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.SpinLock;
import io.dmalab.api.tracepoint.PowerpcEvents;
import io.dmalab.platform.pseries.hypervisor.RtasCall;
import io.dmalab.platform.pseries.hypervisor.RtasStatus;
import io.dmalab.platform.pseries.hypervisor.WorkArea;
import jakarta.inject.Inject;
import java.util.Arrays;

/**
 * RTAS calls of the guest (arch/powerpc/kernel/rtas.c, v6.12): one at a time under the RTAS lock, traced. Left out: error logs and endian
 * order.
 */
@MachineScoped
public final class Rtas {
    private static final int USLEEP_MAX_MS = 20;
    /** rtas_data_buf: where it lies tells nothing. */
    private static final int WORK_AREA_ADDRESS = 0x10_0000;

    private final Kernel kernel;
    private final Firmware firmware;
    private final SpinLock lock;

    @Inject
    public Rtas(Kernel kernel, Firmware firmware) {
        this.kernel = kernel;
        this.firmware = firmware;
        this.lock = kernel.locks().spin("rtas_lock");
    }

    /**
     * rtas_call(). Any context.
     *
     * @param rets as many words as the call has outputs, the status first
     * @return the status
     */
    @KernelFunction("rtas_call")
    public int call(RtasCall call, int[] rets, int... args) {
        return carryOut(call, args, rets, null);
    }

    /** ibm,configure-connector: the next node or property of a connector's fragment is in the work area then. @return the status */
    @KernelFunction("rtas_call")
    public int configureConnector(WorkArea workArea) {
        return carryOut(RtasCall.CONFIGURE_CONNECTOR, new int[] {WORK_AREA_ADDRESS, 0}, new int[1], workArea);
    }

    private int carryOut(RtasCall call, int[] args, int[] rets, WorkArea workArea) {
        lock.lock();
        boolean traced = kernel.trace().heard();
        if (traced) {
            kernel.trace().emit(PowerpcEvents.RTAS_INPUT, kernel.trace().text(call.callName()), kernel.trace().text(words(args, 0)));
            block(PowerpcEvents.RTAS_LL_ENTRY, call, args.length, rets.length, args);
        }
        firmware.entries().write("tce");
        if (firmware.tap() != null && workArea != null) {
            firmware.tap().configures(workArea);
        }
        firmware.hypervisor().rtas(call.token(), args, rets, workArea);
        if (firmware.tap() != null) {
            firmware.tap().rtas(call, args, rets);
        }
        kernel.sched().spend(firmware.features().rtasNanos());
        if (traced) {
            block(PowerpcEvents.RTAS_LL_EXIT, call, args.length, rets.length, concat(args, rets));
            kernel.trace().emit(PowerpcEvents.RTAS_OUTPUT, kernel.trace().text(call.callName()), rets[0], kernel.trace().text(words(rets, 1)));
        }
        lock.unlock();
        return rets[0];
    }

    /** A call without outputs but its status. */
    public int call(RtasCall call, int... args) {
        return call(call, new int[1], args);
    }

    /**
     * rtas_busy_delay(): true if the call is to be made again, after a delay where the status asks for one. Task context.
     *
     * @param status of the call
     */
    @KernelFunction("rtas_busy_delay")
    public boolean busyDelay(int status) {
        int milliseconds = RtasStatus.busyDelayMs(status);
        if (milliseconds > USLEEP_MAX_MS) {
            kernel.sched().msleep(milliseconds);
        } else if (milliseconds > 0) {
            // usleep_range(a tenth, the whole): the end of the range
            kernel.sched().sleepNanos(milliseconds * 1_000_000L);
        }
        return RtasStatus.isBusy(status);
    }

    /** The parameter block: token, counts, then the words of arguments and answers. */
    private void block(EventType type, RtasCall call, int nargs, int nret, int... params) {
        kernel.trace().emit(type, call.token(), nargs, nret, kernel.trace().text(PowerpcEvents.params(params)));
    }

    private static int[] concat(int[] first, int[] second) {
        int[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static String words(int[] words, int from) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < words.length; i++) {
            text.append(text.isEmpty() ? "" : " ").append(Integer.toUnsignedString(words[i]));
        }
        return text.toString();
    }
}
