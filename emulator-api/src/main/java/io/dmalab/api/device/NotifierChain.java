package io.dmalab.api.device;

/** A blocking notifier chain (kernel/notifier.c). Task context. */
public interface NotifierChain {
    void register(HotplugNotifier notifier);

    void unregister(HotplugNotifier notifier);

    /** Calls every link, highest priority first, until one stops the chain; the last answer given. */
    HotplugNotifier.Answer call(HotplugEvent event);
}
