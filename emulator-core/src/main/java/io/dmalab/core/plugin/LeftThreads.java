package io.dmalab.core.plugin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Finds threads that code has started and not ended. The code runs on a thread in a group of its own; what it starts is in that group, or,
 * if it is started by a fiber, in the one that the JDK has for virtual threads. Virtual threads are in no group, and are not found.
 */
public final class LeftThreads {
    private static final String OF_VIRTUAL_THREADS = "VirtualThreads";
    /** For a thread that is about to end. */
    private static final Duration GRACE = Duration.ofMillis(50);

    private LeftThreads() {}

    /** A thread, not started, for {@link #by}. */
    public static Thread thread(String name, Runnable body) {
        return Thread.ofPlatform().group(new ThreadGroup(name)).name(name).daemon().unstarted(body);
    }

    /** Threads that are there still, oldest first. @param starter what {@link #thread} made, ended */
    public static List<Thread> by(Thread starter, ThreadGroup group) {
        ThreadGroup root = group;
        while (root.getParent() != null) {
            root = root.getParent();
        }
        Thread[] all = new Thread[2 * root.activeCount() + 16];
        int count = root.enumerate(all);
        List<Thread> left = new ArrayList<>();
        Arrays.stream(all, 0, count).filter(thread -> thread.threadId() > starter.threadId() && belongs(thread, group))
                .sorted(Comparator.comparingLong(Thread::threadId)).forEach(left::add);
        left.removeIf(LeftThreads::ends);
        return left;
    }

    private static boolean belongs(Thread thread, ThreadGroup group) {
        ThreadGroup own = thread.getThreadGroup();
        return own != null && (own == group || own.getName().equals(OF_VIRTUAL_THREADS));
    }

    private static boolean ends(Thread thread) {
        try {
            return thread.join(GRACE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
