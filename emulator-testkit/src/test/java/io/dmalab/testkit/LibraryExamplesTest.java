package io.dmalab.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.Emulator;
import io.dmalab.core.explore.Plan;
import io.dmalab.core.explore.Verdict;
import io.dmalab.core.plugin.Registered;
import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.EventLog;
import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.Explorer;
import io.dmalab.core.run.PolicySummary;
import io.dmalab.core.run.Proportion;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.run.RunToken;
import io.dmalab.core.run.Sentences;
import io.dmalab.core.run.Violation;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Scenario;
import io.dmalab.core.scenario.Setting;
import io.dmalab.core.scenario.Use;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/library.md: what stands between {@code tag::} and {@code end::} stands there too, and is run here. */
class LibraryExamplesTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("library.md: a run, and what it found")
    void run() {
        // tag::run
        Emulator emulator = Emulator.load();
        RunRequest request = emulator.request("dlpar-remove-under-load").withPolicy("legacy").withSeed(7);
        RunResult result = emulator.run(request);

        for (FindingRecord finding : result.findings()) {
            out.println(finding.kind() + ": " + finding.detail());
        }
        out.println(result.metric(Metrics.LATE_UNMAPS) + " late unmaps, digest " + result.digestText());
        // end::run
        assertThat(printed()).contains("use-after-free: ", "late unmaps, digest " + result.digestText());
    }

    @Test
    @DisplayName("library.md: a request changes anything in its scenario")
    void changes() {
        Emulator emulator = Emulator.load();
        // tag::changes
        RunRequest request = emulator.request("dlpar-remove-under-load")
                .withPolicy("wait-for-drain,interval=10ms,cap=5s")
                .withKernel("v6.16")
                .withKasan(false)
                .withSetting(new Setting("devices[eth4].driver.channels", "8"));
        // end::changes
        assertThat(emulator.run(request).kernel()).isEqualTo("v6.16");
        assertThat(request.scenario().devices().getFirst().driver().text()).contains("mlx,channels=8");
    }

    // tag::build
    static Scenario oneSlowReader() {
        return Scenario.builder("one-slow-reader")
                .summary("a port is removed while one process still has to read")
                .kernel("v6.14").cpus(4)
                .device("eth4", Use.of("mlx").with("channels", 2), Use.of("poisson").with("rate", "1kpps").with("duration", "5s"))
                .holder(0.02, Use.of("tcp-receive-queue").with("process", "backup").with("read-after", "{ exponential: { mean: 3s } }"))
                .step(Span.ofSeconds(0), Use.of("loopback-traffic").with("duration", "30s"))
                .step(Span.ofSeconds(2), Use.of("remove").with("device", "eth4"))
                .policy(Use.of("legacy"))
                .build();
    }
    // end::build

    @Test
    @DisplayName("library.md: a scenario built in code runs, and its text is its file")
    void build(@TempDir Path folder) throws IOException {
        Emulator emulator = Emulator.load();
        // tag::run-built
        RunResult result = emulator.run(emulator.request(oneSlowReader()));
        Path file = Files.writeString(folder.resolve("one-slow-reader.yaml"), oneSlowReader().text());
        // end::run-built
        EmulatorAssertions.assertThat(result).hasFinding(FindingKind.USE_AFTER_FREE).removed();
        assertThat(emulator.run(emulator.request(file.toString())).token()).isEqualTo(result.token());
    }

    @Test
    @DisplayName("library.md: policies side by side")
    void compare() {
        Emulator emulator = Emulator.load();
        // tag::compare
        Comparison comparison = emulator.compare(emulator.request("seed-race"),
                List.of("legacy", "wait-for-drain", "unmap-at-destroy"), 20);
        for (PolicySummary policy : comparison.policies()) {
            out.println(Sentences.about(policy));
        }
        Proportion freed = comparison.policy("legacy").found(FindingKind.USE_AFTER_FREE);
        out.printf("%d of %d, between %.2f and %.2f%n", freed.hits(), freed.runs(), freed.low(), freed.high());
        // end::compare
        assertThat(printed()).contains("legacy: use-after-free in", "20 of 20, between 0.84 and 1.00");
    }

    @Test
    @DisplayName("library.md: every interleaving, and the race as a diagram")
    void explore() {
        Emulator emulator = Emulator.load();
        // tag::explore
        Exploration exploration = emulator.explore(emulator.request("seed-race").withPolicy("legacy"));
        for (Violation violation : exploration.violations()) {
            exploration.diagram(violation).forEach(out::println);
            violation.token().ifPresent(token -> out.println("dmalab replay " + token));
        }
        // end::explore
        assertThat(exploration.verdict()).isEqualTo(Verdict.VIOLATION);
        assertThat(printed()).startsWith("CPU ").contains("^ use-after-free", "dmalab replay explore1:seed-race@");
    }

    @Test
    @DisplayName("library.md: an exploration within bounds")
    void bounds() {
        Emulator emulator = Emulator.load();
        // tag::bounds
        Plan plan = Plan.DEFAULT.with(Plan.Kind.PCT, 3).upTo(100, Duration.ofSeconds(30)).findingAll();
        Exploration exploration = emulator.explore(emulator.request("seed-race").withPolicy("unmap-at-destroy"), plan, Explorer.Watch.NONE);
        out.println(exploration.verdict() + ": " + exploration.guarantee() + "; not seen: " + exploration.missing());
        // end::bounds
        assertThat(printed()).startsWith("BOUND REACHED: ").contains("not seen: more than 100 executions");
    }

    @Test
    @DisplayName("library.md: the events of a run, kept")
    void events() {
        Emulator emulator = Emulator.load();
        // tag::events
        EventLog events = new EventLog();
        emulator.run(emulator.request("seed-race").withObservers(List.of(events)));
        for (TraceRecord event : events.named("page_pool:page_pool_release")) {
            out.printf("%.6f s: %s pages in flight%n", event.timeNanos() / 1e9, event.value("inflight"));
        }
        // end::events
        assertThat(printed()).contains(" s: 1 pages in flight");
    }

    // tag::observer
    /** Counts events while the machine runs, and keeps none. */
    static final class Counts implements Observer {
        private long all;
        private long unmaps;

        @Override
        public boolean wantsEvents() {
            return true;
        }

        @Override
        public void event(TraceRecord event) {
            all++;
            unmaps += event.type().name().equals("dma:dma_unmap_page") ? 1 : 0;
        }
    }
    // end::observer

    @Test
    @DisplayName("library.md: the events of a run, as they come")
    void observer() {
        Emulator emulator = Emulator.load();
        Counts counts = new Counts();
        emulator.run(emulator.request("seed-race").withObservers(List.of(counts)));
        assertThat(counts.all).isGreaterThan(counts.unmaps);
        assertThat(counts.unmaps).isPositive();
    }

    @Test
    @DisplayName("library.md: a result brings the token along that runs it again")
    void replay() {
        Emulator emulator = Emulator.load();
        RunResult result = emulator.run(emulator.request("seed-race").withPolicy("legacy").withSeed(3));
        // tag::replay
        RunToken token = result.token().orElseThrow();
        RunRequest same = emulator.request(RunToken.parse(token.toString(), "token"), Optional.empty());
        RunResult again = emulator.run(same);
        out.println(token.difference(same, again, emulator.model()).orElse("the same to the last event"));
        // end::replay
        assertThat(printed()).startsWith("the same to the last event");
    }

    @Test
    @DisplayName("library.md: what there is")
    void plugins(@TempDir Path plugins) {
        // tag::plugins
        Emulator emulator = Emulator.load(Optional.of(plugins), Optional.empty());
        emulator.problems().forEach(out::println);
        for (Registered<FreePolicy> policy : emulator.extensions(FreePolicy.class)) {
            out.println(policy.id() + ": " + policy.extension().summary());
        }
        // end::plugins
        assertThat(printed()).contains("\nlegacy: ", "\nunmap-at-destroy: ");
    }

    @Test
    @DisplayName("library.md: whatever a user got wrong is one line")
    void errors() {
        Emulator emulator = Emulator.load();
        // tag::errors
        try {
            emulator.check(emulator.request("seed-race").withPolicy("unmap-at-destory"));
        } catch (BadInput e) {
            out.println(e.getMessage());
        }
        // end::errors
        assertThat(printed()).startsWith("policy: unknown policy 'unmap-at-destory'; did you mean 'unmap-at-destroy'? known: ");
    }
}
