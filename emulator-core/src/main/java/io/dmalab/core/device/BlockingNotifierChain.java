package io.dmalab.core.device;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.HotplugEvent;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.device.HotplugNotifier.Answer;
import io.dmalab.api.device.NotifierChain;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.RwSemaphore;

/**
 * A blocking notifier chain (kernel/notifier.c, v6.14): called under its rw-semaphore held for reading, changed under it held for
 * writing, so that callbacks may sleep. While a machine is put together, before its first task runs, the semaphore is left alone,
 * as the kernel does while it boots. Left out: unique priorities, robust calls, return codes other than the four answers.
 */
public final class BlockingNotifierChain implements NotifierChain {
    private final Kernel kernel;
    private final KernelObject head;
    private final RwSemaphore rwsem;
    private final NotifierLinks links = new NotifierLinks();

    /** @param name of the chain's variable in the kernel, e.g. {@code of_reconfig_chain} */
    public BlockingNotifierChain(Kernel kernel, String name) {
        this.kernel = kernel;
        this.head = kernel.memory().global(name);
        this.rwsem = kernel.locks().rwSemaphore("(" + name + ").rwsem");
    }

    /** Registering one notifier twice is warned about and otherwise ignored. */
    @Override
    @KernelFunction("blocking_notifier_chain_register")
    public void register(HotplugNotifier notifier) {
        boolean locked = !Boot.isBooting(kernel.sched());
        if (locked) {
            rwsem.downWrite();
        }
        head.write("head");
        if (!links.add(notifier)) {
            kernel.printk().warnOn("notifier_chain_register", "notifier callback already registered");
        }
        if (locked) {
            rwsem.upWrite();
        }
    }

    /** Unregistering a notifier that is not on the chain does nothing. */
    @Override
    @KernelFunction("blocking_notifier_chain_unregister")
    public void unregister(HotplugNotifier notifier) {
        boolean locked = !Boot.isBooting(kernel.sched());
        if (locked) {
            rwsem.downWrite();
        }
        head.write("head");
        links.remove(notifier);
        if (locked) {
            rwsem.upWrite();
        }
    }

    @Override
    @KernelFunction("blocking_notifier_call_chain")
    public Answer call(HotplugEvent event) {
        head.read("head");
        if (links.isEmpty()) {
            return Answer.DONE;
        }
        boolean locked = !Boot.isBooting(kernel.sched());
        if (locked) {
            rwsem.downRead();
        }
        Answer answer = links.call(event);
        if (locked) {
            rwsem.upRead();
        }
        return answer;
    }
}
