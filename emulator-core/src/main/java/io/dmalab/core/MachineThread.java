package io.dmalab.core;

import io.dmalab.core.kernel.Pulse;
import io.dmalab.core.plugin.Culprit;
import io.dmalab.core.plugin.Culprits;
import io.dmalab.core.plugin.LeftThreads;
import io.dmalab.core.plugin.LoadedPlugin;
import io.dmalab.core.plugin.ModelRules;
import io.dmalab.core.plugin.PluginFault;
import io.dmalab.core.plugin.PluginRegistry;
import io.dmalab.core.plugin.Stall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Function;

/**
 * Runs machines on a platform thread of their own, whatever thread the caller has: fibers need one. The caller, who has nothing else to do,
 * watches it: a plugin whose code runs on without an event, or that leaves threads behind, is named.
 */
final class MachineThread<T> implements Runnable {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final int SAMPLES = 5;
    private static final long BETWEEN_SAMPLES_MS = 20;
    private static final List<String> WAITS_FOR_OUTPUT = List.of("java.io.", "sun.nio.ch.", "java.util.zip.");

    private final List<LoadedPlugin> plugins;
    private final Culprits culprits;
    private final Function<Pulse, T> work;
    private final Pulse pulse = new Pulse();
    private T result;
    private Throwable failure;

    private MachineThread(PluginRegistry registry, Function<Pulse, T> work) {
        this.plugins = registry.plugins();
        this.culprits = registry.culprits();
        this.work = work;
    }

    /**
     * @param work is given what machines show their going on to
     * @throws CancellationException if the calling thread is interrupted; the machine is then left to itself on a daemon thread
     * @throws PluginFault           if a plugin's code does not come back, and is then left to itself too, or leaves a thread behind
     */
    static <T> T call(PluginRegistry registry, String name, Function<Pulse, T> work) {
        MachineThread<T> machine = new MachineThread<>(registry, work);
        Thread thread = LeftThreads.thread(name, machine);
        ThreadGroup group = thread.getThreadGroup();
        thread.start();
        try {
            machine.watch(thread);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while a machine was running");
        }
        T outcome = machine.outcome();
        LeftThreads.by(thread, group).forEach(machine::blame);
        return outcome;
    }

    @Override
    public void run() {
        try {
            result = work.apply(pulse);
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    /** Counts looks, not time: if the whole process stood still, nobody is to blame. */
    private void watch(Thread thread) throws InterruptedException {
        int looksMax = Stall.seconds();
        long last = 0;
        int looks = 0;
        while (!thread.join(LOOK)) {
            long beats = pulse.beats();
            looks = beats == last ? looks + 1 : 0;
            last = beats;
            if (looksMax > 0 && looks >= looksMax) {
                stalled(thread, looks);
                looks = 0;
            }
        }
    }

    private void stalled(Thread thread, int seconds) throws InterruptedException {
        List<StackTraceElement[]> stacks = new ArrayList<>();
        for (int i = 0; i < SAMPLES; i++) {
            StackTraceElement[] stack = pulse.carrier(thread).getStackTrace();
            if (stack.length == 0 || WAITS_FOR_OUTPUT.stream().anyMatch(stack[0].getClassName()::startsWith)) {
                // whoever reads what a run prints may take his time
                return;
            }
            stacks.add(stack);
            Thread.sleep(BETWEEN_SAMPLES_MS);
        }
        Optional<Culprit> culprit = culprits.looping(stacks);
        if (culprit.isPresent() && thread.isAlive()) {
            throw new PluginFault(culprit.get() + " loops: no event for " + seconds + " s, and this method does not return (-D" + Stall.PROPERTY
                    + "=N changes the limit)");
        }
    }

    /**
     * An idle thread has nothing of its plugin on its stack: then whoever makes threads at all is named. Where no plugin does, the thread is that of
     * an observer which the caller has brought.
     */
    private void blame(Thread left) {
        String who = culprits.of(left.getStackTrace()).map(Culprit::toString).orElseGet(this::threadMakers);
        if (who.isEmpty()) {
            return;
        }
        throw new PluginFault(who + " has left the thread '" + left.getName() + "' running; model code starts no threads, "
                + "it uses Scheduler.spawn");
    }

    private String threadMakers() {
        List<String> makers = new ArrayList<>();
        for (LoadedPlugin plugin : plugins) {
            List<String> methods = ModelRules.threadMakers(plugin);
            if (!methods.isEmpty()) {
                makers.add("plugin " + plugin.id() + " (" + String.join(", ", methods) + ")");
            }
        }
        return String.join(" or ", makers);
    }

    private T outcome() {
        switch (failure) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null, default -> {
                return result;
            }
        }
    }
}
