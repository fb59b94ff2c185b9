package io.dmalab.core.kernel;

/** Signs of life of the machines that one thread runs, one after the other, for another thread that waits for it. */
public final class Pulse {
    private volatile SimKernel kernel;
    private volatile long machines;

    /** The next machine. On the thread that runs it. */
    public void feel(SimKernel next) {
        machines++;
        kernel = next;
    }

    /** A number that changes whenever a machine goes on to its next event, or another machine begins. */
    public long beats() {
        SimKernel running = kernel;
        return (machines << 48) + (running == null ? 0 : running.beats());
    }

    /**
     * Whose stack shows what the machine executes: its running fiber's thread, {@code loop} while there is none.
     *
     * @param loop runs the machines
     */
    public Thread carrier(Thread loop) {
        SimKernel running = kernel;
        return running == null ? loop : running.carrier(loop);
    }
}
