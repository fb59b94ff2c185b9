package io.dmalab.core.fiber;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Fibers by either mechanism: the same behaviour, the same order. */
class FibersTest {
    enum Mechanism {
        SCHEDULER(OwnSchedulerFibers::new), HANDOVER(HandoverFibers::new);

        private final Supplier<Fibers> maker;

        Mechanism(Supplier<Fibers> maker) {
            this.maker = maker;
        }
    }

    @Test
    void theTestsRunWithTheFlagThatTheFastMechanismNeeds() {
        assertThat(OwnSchedulerFibers.available()).isTrue();
        assertThat(Fibers.mechanism()).isEqualTo("scheduler");
    }

    /** 20 fibers of different lengths, resumed in a drawn order. */
    private static List<String> story(Mechanism mechanism) {
        List<String> story = new ArrayList<>();
        Random random = new Random(7);
        try (Fibers fibers = mechanism.maker.get()) {
            List<Fiber> alive = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                int number = i;
                alive.add(fibers.fiber("f" + i, () -> {
                    for (int step = 0; step < number; step++) {
                        story.add(number + "." + step + " in " + fibers.current().name());
                        fibers.suspend();
                    }
                    story.add(number + " ends");
                }));
            }
            while (!alive.isEmpty()) {
                Fiber fiber = alive.get(random.nextInt(alive.size()));
                fiber.resume();
                story.add("loop, " + fibers.live() + " live");
                alive.removeIf(Fiber::isDone);
            }
        }
        return story;
    }

    @Test
    void bothMechanismsGiveTheSameOrder() {
        assertThat(story(Mechanism.SCHEDULER)).isEqualTo(story(Mechanism.HANDOVER)).contains("19 ends", "loop, 0 live");
    }

    @ParameterizedTest
    @EnumSource
    void whatTheBodyThrowsComesOutOfResume(Mechanism mechanism) {
        try (Fibers fibers = mechanism.maker.get()) {
            Fiber fiber = fibers.fiber("f", () -> {
                fibers.suspend();
                throw new IllegalArgumentException("from within");
            });
            fiber.resume();
            assertThatThrownBy(fiber::resume).isInstanceOf(IllegalArgumentException.class).hasMessage("from within");
            assertThat(fiber.isDone()).isTrue();
            assertThatThrownBy(fiber::resume).hasMessage("fiber f has ended");
        }
    }

    @ParameterizedTest
    @EnumSource
    void closingUnwindsWhatHasNotEndedInOrderOfCreation(Mechanism mechanism) {
        List<String> unwound = new ArrayList<>();
        Fibers fibers = mechanism.maker.get();
        for (String name : List.of("a", "b", "never started")) {
            Fiber fiber = fibers.fiber(name, () -> {
                try {
                    fibers.suspend();
                } finally {
                    unwound.add(name);
                }
            });
            if (!name.startsWith("never")) {
                fiber.resume();
            }
        }
        fibers.close();
        assertThat(unwound).containsExactly("a", "b");
        assertThat(fibers.live()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aFiberThatSuspendsAgainWhileItIsUnwoundIsUnwoundAllTheSame(Mechanism mechanism) {
        Fibers fibers = mechanism.maker.get();
        Fiber fiber = fibers.fiber("stubborn", () -> {
            try {
                fibers.suspend();
            } finally {
                fibers.suspend();
            }
        });
        fiber.resume();
        fibers.close();
        assertThat(fiber.isDone()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void onlyAFiberCanSuspend(Mechanism mechanism) {
        try (Fibers fibers = mechanism.maker.get()) {
            assertThatThrownBy(fibers::suspend).hasMessage("suspend() outside a fiber");
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneFiberCannotResumeAnother(Mechanism mechanism) {
        try (Fibers fibers = mechanism.maker.get()) {
            Fiber other = fibers.fiber("other", () -> { });
            Fiber fiber = fibers.fiber("f", other::resume);
            assertThatThrownBy(fiber::resume).hasMessage("fiber f is running");
        }
    }

    @Test
    void aFiberThatBlocksItsThreadByOtherMeansIsFoundOut() {
        Fibers fibers = new OwnSchedulerFibers(20_000_000);
        Fiber fiber = fibers.fiber("sleeper", () -> LockSupport.parkNanos(60_000_000_000L));
        assertThatThrownBy(fiber::resume).isInstanceOf(IllegalStateException.class)
                .hasMessage("fiber sleeper blocks its thread by other means than suspend()");
        fibers.close();
        assertThat(fibers.live()).as("given up, so that closing ends").isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aFiberMayWaitForALockThatAnotherMachineHolds(Mechanism mechanism) throws InterruptedException {
        Object lock = new Object();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch waiting = new CountDownLatch(1);
        Thread other = Thread.ofPlatform().start(() -> {
            synchronized (lock) {
                held.countDown();
                await(waiting);
                LockSupport.parkNanos(20_000_000);
            }
        });
        held.await();
        List<String> story = new ArrayList<>();
        try (Fibers fibers = mechanism.maker.get()) {
            Fiber fiber = fibers.fiber("f", () -> {
                waiting.countDown();
                synchronized (lock) {
                    story.add("has the lock");
                }
                fibers.suspend();
                story.add("goes on");
            });
            fiber.resume();
            story.add("loop");
            fiber.resume();
        }
        other.join();
        assertThat(story).containsExactly("has the lock", "loop", "goes on");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aHundredThousandFibersAreNoProblem() {
        try (Fibers fibers = new OwnSchedulerFibers()) {
            int[] ended = new int[1];
            List<Fiber> all = new ArrayList<>();
            for (int i = 0; i < 100_000; i++) {
                Fiber fiber = fibers.fiber("f", () -> {
                    fibers.suspend();
                    ended[0]++;
                });
                fiber.resume();
                all.add(fiber);
            }
            all.forEach(Fiber::resume);
            assertThat(ended[0]).isEqualTo(100_000);
        }
    }
}
