package io.dmalab.cli;

import io.dmalab.core.run.RunRequest;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Scenario;
import io.dmalab.core.scenario.ScenarioReader;
import io.dmalab.core.scenario.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options that change a scenario for one run. */
final class Changed {
    /** Values of {@code --kasan}. */
    enum Switch { ON, OFF }

    @Option(names = "--kasan", paramLabel = "on|off", completionCandidates = Candidates.Switches.class,
            description = "Lifetime checker on, or off as in a production kernel.")
    Optional<Switch> kasan = Optional.empty();

    @Option(names = "--kernel", paramLabel = "PROFILE", completionCandidates = Candidates.Kernels.class,
            description = "Kernel profile instead of the scenario's; see 'dmalab profiles'.")
    Optional<String> kernel = Optional.empty();

    @Option(names = "--hz", paramLabel = "100|250|1000", description = "Timer ticks a second instead of the scenario's.")
    Optional<Integer> hz = Optional.empty();

    @Option(names = "--timers", paramLabel = "wheel|exact", completionCandidates = Candidates.Timers.class,
            description = "Kernel timers round as the timer wheel does, or not at all.")
    Optional<Scenario.Timers> timers = Optional.empty();

    @Option(names = "--set", paramLabel = "KEY=VALUE",
            description = "Another value of anything in the scenario, e.g. cpus=4 or memory.ram=64GiB. Repeatable.")
    List<String> set = new ArrayList<>();

    private int hz() {
        if (!Scenario.TICK_RATES.contains(hz.get())) {
            throw BadInput.of("--hz", hz.get() + " is not a kernel's tick rate", "use 100, 250 or 1000");
        }
        return hz.get();
    }

    RunRequest apply(RunRequest request, Optional<Long> seed) {
        RunRequest changed = request;
        if (kasan.isPresent()) {
            changed = changed.withKasan(kasan.get() == Switch.ON);
        }
        if (kernel.isPresent()) {
            changed = changed.withKernel(ScenarioReader.profile(kernel.get(), "--kernel"));
        }
        if (hz.isPresent()) {
            changed = changed.withHz(hz());
        }
        if (timers.isPresent()) {
            changed = changed.withTimers(timers.get());
        }
        for (String text : set) {
            changed = changed.withSetting(Setting.parse(text, "--set"), "--set " + text);
        }
        return seed.isPresent() ? changed.withSeed(seed.get()) : changed;
    }
}
