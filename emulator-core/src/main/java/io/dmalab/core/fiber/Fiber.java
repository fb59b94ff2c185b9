package io.dmalab.core.fiber;

/** One coroutine: direct-style code that gives the loop its thread back whenever it suspends. */
public final class Fiber {
    final String name;
    final Runnable body;
    final Thread thread;
    private final Fibers fibers;
    boolean started;
    volatile boolean done;
    volatile boolean running;
    Throwable failure;
    boolean killed;

    Fiber(Fibers fibers, String name, Runnable body) {
        this.fibers = fibers;
        this.name = name;
        this.body = body;
        this.thread = fibers.thread(name, this::run);
    }

    /**
     * Runs it on from where it suspended, until it suspends again or ends. Called by the loop, never by a fiber. Whatever the body throws
     * comes out here.
     *
     * @throws IllegalStateException if it has ended, or another fiber is running
     */
    public void resume() {
        fibers.resume(this);
    }

    public boolean isDone() {
        return done;
    }

    public String name() {
        return name;
    }

    private void run() {
        try {
            if (!killed) {
                body.run();
            }
        } catch (Killed unwound) {
            // the machine has ended; nobody is interested in this one any more
        } catch (Throwable t) {
            failure = t;
        } finally {
            done = true;
            fibers.ended(this);
        }
    }

    /** Unwinds the stack of a fiber whose machine has ended. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("machine closed", null, false, false);
        }
    }
}
