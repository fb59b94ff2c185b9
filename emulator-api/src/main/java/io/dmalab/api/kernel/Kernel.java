package io.dmalab.api.kernel;

import io.dmalab.api.device.DeviceTree;
import io.dmalab.api.device.Devices;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.policy.FreePolicy;

/** The kernel of one machine, as model code sees it. Injected into every extension. */
public interface Kernel {
    KernelProfile profile();

    Clock clock();

    Scheduler sched();

    Locks locks();

    Rcu rcu();

    Printk printk();

    Memory memory();

    Pages pages();

    Trace trace();

    Metrics metrics();

    Findings findings();

    RandomStreams random();

    /** The system workqueue, named {@code events}. */
    Workqueue events();

    /** A workqueue of that name; the same one on every call. */
    Workqueue workqueue(String name);

    TimerList timer(String function, Runnable body);

    DeviceTree deviceTree();

    Devices devices();

    DmaApi dma();

    /** The policy of this run. Model code calls its hooks and never asks which one it is. */
    FreePolicy policy();
}
