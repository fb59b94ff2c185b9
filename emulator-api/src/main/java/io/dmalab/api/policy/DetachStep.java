package io.dmalab.api.policy;

/** The actions of the platform's detach notifier, whose order is up to the policy. */
public enum DetachStep {
    /** Clear and remove the DMA windows of the node through firmware. */
    REMOVE_WINDOWS,
    /** Drop the table group and with it the last references of its tables. */
    RELEASE_TABLES,
    /** Forget the window list entry. */
    FORGET_WINDOW
}
