package io.dmalab.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C, and a polite kill: the command's thread is interrupted and gets a moment to write what is finished, while the JVM waits for it in
 * a shutdown hook. The JVM then ends with the signal's code, 130 for Ctrl-C.
 */
final class Interruption {
    private static final long GRACE_SECONDS = 10;

    private final CountDownLatch over = new CountDownLatch(1);

    Interruption() {}

    static Interruption watch(Thread command) {
        Interruption interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> interruption.stop(command), "interruption"));
        return interruption;
    }

    /** The command has written everything it will. */
    void over() {
        over.countDown();
    }

    void stop(Thread command) {
        if (over.getCount() == 0) {
            return;
        }
        command.interrupt();
        try {
            over.await(GRACE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
