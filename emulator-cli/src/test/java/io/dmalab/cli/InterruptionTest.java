package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What happens at Ctrl-C, without a signal. */
class InterruptionTest {
    @Test
    void theCommandIsInterruptedAndTheJvmWaitsUntilItHasWritten() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        boolean[] written = new boolean[1];
        Interruption interruption = new Interruption();
        Thread command = Thread.ofPlatform().start(() -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                written[0] = true;
                interruption.over();
            }
        });
        interruption.stop(command);
        assertThat(interrupted.getCount()).isZero();
        assertThat(written[0]).isTrue();
        command.join();
    }

    @Test
    void aCommandThatIsOverIsLeftAlone() {
        Interruption interruption = new Interruption();
        interruption.over();
        interruption.stop(Thread.currentThread());
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
}
