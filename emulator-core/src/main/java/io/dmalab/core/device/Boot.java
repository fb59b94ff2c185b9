package io.dmalab.core.device;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.Scheduler;

/** Whether the machine is still being put together. */
final class Boot {
    private Boot() {}

    /** True outside every context: no task, softirq or interrupt is running, so nobody can hold a sleeping lock or wait for one. */
    static boolean isBooting(Scheduler sched) {
        if (sched.context() != ContextKind.TASK || !sched.inAtomic()) {
            return false;
        }
        try {
            sched.current();
            return false;
        } catch (IllegalStateException noTask) {
            return true;
        }
    }
}
