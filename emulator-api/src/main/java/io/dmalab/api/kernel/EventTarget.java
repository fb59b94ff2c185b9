package io.dmalab.api.kernel;

/** Code that the event queue calls at an instant. It runs to completion in the context it was scheduled for and must not sleep. */
@FunctionalInterface
public interface EventTarget {
    /** @param arg the word given when the event was scheduled */
    void fire(long arg);
}
