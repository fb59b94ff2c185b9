package io.dmalab.core.device;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.HotplugEvent;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.device.HotplugNotifier.Answer;
import io.dmalab.api.device.NotifierChain;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;

/**
 * A notifier chain without a lock of its own (kernel/notifier.c, v6.14): its user protects it, as RTNL does the network devices'
 * chain, and a callback may call the chain again, as a bond does when its member goes.
 */
public final class RawNotifierChain implements NotifierChain {
    private final Kernel kernel;
    private final KernelObject head;
    private final NotifierLinks links = new NotifierLinks();

    /** @param name of the chain's variable in the kernel, e.g. {@code netdev_chain} */
    public RawNotifierChain(Kernel kernel, String name) {
        this.kernel = kernel;
        this.head = kernel.memory().global(name);
    }

    /** Registering one notifier twice is warned about and otherwise ignored. */
    @Override
    @KernelFunction("raw_notifier_chain_register")
    public void register(HotplugNotifier notifier) {
        head.write("head");
        if (!links.add(notifier)) {
            kernel.printk().warnOn("notifier_chain_register", "notifier callback already registered");
        }
    }

    /** Unregistering a notifier that is not on the chain does nothing. */
    @Override
    @KernelFunction("raw_notifier_chain_unregister")
    public void unregister(HotplugNotifier notifier) {
        head.write("head");
        links.remove(notifier);
    }

    @Override
    @KernelFunction("raw_notifier_call_chain")
    public Answer call(HotplugEvent event) {
        head.read("head");
        return links.call(event);
    }
}
