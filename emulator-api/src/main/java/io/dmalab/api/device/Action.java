package io.dmalab.api.device;

/**
 * Something that a scenario's timeline does: {@code - { at: 2s, do: remove }}. Runs as a task of its own, named after the action's
 * {@link #comm}; may sleep; the machine's run goes on meanwhile.
 */
@FunctionalInterface
public interface Action {
    void run();

    /** Name of the task that runs it. */
    default String comm() {
        return "bash";
    }
}
