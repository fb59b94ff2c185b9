package org.example.vtd;

import io.dmalab.api.Components;
import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.device.Platform;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.Scenario;
import io.dmalab.core.scenario.ScenarioBuilder;
import io.dmalab.core.scenario.Use;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A machine with the platform and one or more devices, in which a test's own code runs as a task. */
final class Script {
    private static final Emulator EMULATOR = Emulator.load();
    private static final Map<Integer, Script> RUNNING = new ConcurrentHashMap<>();
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final Consumer<Bench> body;
    private Throwable failure;

    private Script(Consumer<Bench> body) {
        this.body = body;
    }

    /** What a test's code has at hand. @param device the one whose bring-up started the code */
    record Bench(Kernel kernel, Components components, Platform platform, Device device) {
        long map(int page, DmaDirection direction) {
            return kernel.dma().mapPage(device, page, 0, 4096, direction);
        }

        long map() {
            return map(kernel.pages().alloc(), DmaDirection.FROM_DEVICE);
        }

        void unmap(long address) {
            kernel.dma().unmapPage(device, address, 4096, DmaDirection.FROM_DEVICE);
        }

        /** The device writes a byte there. */
        long write(long address) {
            return kernel.dma().deviceAccess(device, address, 1, true);
        }

        void sleepMs(long ms) {
            kernel.sched().sleepNanos(ms * 1_000_000);
        }
    }

    /** With one device, {@code dev0}. @param platform options of the platform, {@code key=value} */
    static RunResult run(Consumer<Bench> body, String... platform) {
        return run(body, 1, request -> request, platform);
    }

    /** Code runs for the first device, once all are up. */
    static RunResult run(Consumer<Bench> body, int devices, UnaryOperator<RunRequest> change, String... platform) {
        Script script = new Script(body);
        int number = NUMBERS.incrementAndGet();
        RUNNING.put(number, script);
        Use use = Use.of("x86-vtd");
        for (String option : platform) {
            use = use.with(option.substring(0, option.indexOf('=')), option.substring(option.indexOf('=') + 1));
        }
        ScenarioBuilder scenario = Scenario.builder("script").kernel("v6.14").cpus(4).pageSize(new ByteSize(4096))
                .timeLimit(Span.ofSeconds(60)).platform(use);
        for (int i = 0; i < devices; i++) {
            scenario.device("dev" + i, Use.of("script").with("number", i == 0 ? number : 0));
        }
        RunResult result = EMULATOR.run(change.apply(EMULATOR.request(scenario.build())));
        switch (script.failure) {
            case null -> { }
            case Error error -> throw error;
            case RuntimeException exception -> throw exception;
            default -> throw new IllegalStateException(script.failure);
        }
        return result;
    }

    /** Options of the driver {@code script}. */
    public record Options(@Option(value = "0", doc = "number of the code; 0: none") int number) {}

    static final class Driver implements DeviceDriver {
        private final Kernel kernel;
        private final Components components;
        private final Platform platform;
        private final Options options;

        @Inject
        Driver(Kernel kernel, Components components, Platform platform, Options options) {
            this.kernel = kernel;
            this.components = components;
            this.platform = platform;
            this.options = options;
        }

        @Override
        public String name() {
            return "script";
        }

        @Override
        public void probe(Device device) {
            kernel.dma().setMask(device, -1L);
        }

        @Override
        public void up(Device device) {
            // once: a device that comes back finds nothing to do
            Script script = RUNNING.remove(options.number());
            if (script != null) {
                kernel.sched().spawn("script", 0, () -> {
                    kernel.sched().sleepNanos(1);
                    try {
                        script.body.accept(new Bench(kernel, components, platform, device));
                    } catch (AssertionError e) {
                        script.failure = e;
                    }
                });
            }
        }

        @Override
        public void remove(Device device) {}
    }
}
