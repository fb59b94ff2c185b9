package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.timeout.Timeout;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code dmalab timeouts}. */
class TimeoutsTest {
    private static final long MS = 1_000_000L;
    private static final Emulator EMULATOR = Emulator.load();

    private static Timeout timeout(String id, UnaryOperator<RunRequest> change) {
        return EMULATOR.timeouts(change.apply(EMULATOR.request("dlpar-remove-under-load"))).stream().filter(t -> t.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void seed() {
        Golden.check("timeouts", Cli.run("timeouts", "--policy", "wait-for-drain").text());
    }

    @Test
    void nobodyWaits() {
        Golden.check("timeouts-legacy", Cli.run("timeouts", "lpm-bond-failover", "--assume", "drmgr-limit=300s", "--assume",
                "lpm-deadline=10min").text());
    }

    @ParameterizedTest
    @CsvSource({"100,60", "250,56", "1000,51"})
    @DisplayName("msleep(50) takes 60, 56 or 51 ms by the timer wheel's rules, and the cap is looked at after a sleep only")
    void rounding(int hz, long longestMs) {
        Timeout poll = timeout("notifier-poll", r -> r.withPolicy("wait-for-drain").withHz(hz));
        assertThat(poll.most()).isEqualTo(longestMs * MS);
        assertThat(poll.least()).isGreaterThanOrEqualTo(50 * MS);
        assertThat(timeout("table-wait", r -> r.withPolicy("wait-for-drain,cap=10s").withHz(hz)).most()).isEqualTo((10_000
                + longestMs) * MS);
    }

    @ParameterizedTest
    @CsvSource({"100,1040", "250,1024", "1000,1024"})
    @DisplayName("page-pool.md, invariant 6: the worker's period at each HZ lies in the range")
    void worker(int hz, long steadyMs) {
        Timeout worker = timeout("pool-worker", r -> r.withHz(hz));
        assertThat(steadyMs * MS).isBetween(worker.least(), worker.most());
    }

    @Test
    @DisplayName("a cap below the worker's period, and one above the hung-task limit, are warned of; one between is not")
    void warnings() {
        assertThat(Cli.run("timeouts", "--policy", "wait-for-drain,cap=1s").out()).contains("warning: drain-needs can last")
                .doesNotContain("warning: table-wait");
        assertThat(Cli.run("timeouts", "--policy", "wait-for-drain,cap=60s").out()).doesNotContain("warning: ");
        assertThat(Cli.run("timeouts", "--policy", "wait-for-drain,cap=120s").out())
                .contains("warning: table-wait can last 120.056 s, longer "
                + "than hung-task (120.000 s)");
        assertThat(Cli.run("timeouts", "--policy", "wait-for-drain,cap=60s", "--assume", "drmgr-limit=30s").out())
                .contains("warning: notifier-wait can last 60.056 s, longer than drmgr-limit (30.000 s)");
    }

    @Test
    @DisplayName("a run that waits in vain is blocked within what is said here")
    void agreesWithARun() {
        RunRequest request = EMULATOR.request("never-read-socket").withPolicy("wait-for-drain,cap=5s").withoutLog();
        RunResult result = EMULATOR.run(request);
        Timeout wait = EMULATOR.timeouts(request).stream().filter(t -> t.id().equals("notifier-wait")).findFirst().orElseThrow();
        // besides the wait, drmgr takes its steps
        assertThat(result.blockedNanos()).isBetween(wait.least(), wait.most() + 1000 * MS);
    }

    @Test
    void idsAreUniqueAndNestIntoWhatThereIs() {
        List<Timeout> all = EMULATOR.timeouts(EMULATOR.request("dlpar-remove-under-load").withPolicy("wait-for-drain"));
        assertThat(all).extracting(Timeout::id).doesNotHaveDuplicates().containsAll(all.stream().flatMap(t -> t.inside().stream())
                .toList());
        assertThat(all).allSatisfy(t -> assertThat(t.source()).isNotBlank());
    }

    @Test
    void json() {
        for (String policy : List.of("legacy", "wait-for-drain,cap=forever", "unmap-at-destroy")) {
            Cli.Outcome outcome = Cli.run("timeouts", "--policy", policy, "--json");
            assertThat(Schemas.errors(Schemas.ofOutput("timeouts"), outcome.out())).as(policy).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"unknown,drmgr-limt=3s", "no-span,drmgr-limit=soon", "no-equals,hung-task"})
    void badAssumptions(String name, String assumption) {
        Cli.Outcome outcome = Cli.run("timeouts", "--assume", assumption);
        assertThat(outcome.code()).isEqualTo(Main.BAD_INPUT);
        assertThat(outcome.err().lines()).hasSize(1);
        Golden.check("bad-timeouts-" + name, outcome.text());
    }
}
