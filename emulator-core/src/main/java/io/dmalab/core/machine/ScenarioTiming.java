package io.dmalab.core.machine;

import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.timeout.Timing;
import io.dmalab.core.kernel.TimerRounding;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.scenario.Scenario;
import java.util.List;
import java.util.Optional;

/** A scenario's timing: its kernel's rounding, and the options that its parts have been given. */
public final class ScenarioTiming implements Timing {
    private final KernelProfile kernel;
    private final TimerRounding rounding;
    private final List<Record> options;

    private ScenarioTiming(RunRequest request, List<Record> options) {
        this.kernel = request.kernel();
        this.rounding = new TimerRounding(request.hz(), request.timers() == Scenario.Timers.EXACT, kernel.msleepExtraTick());
        this.options = options;
    }

    public static Timing of(Blueprint blueprint, RunRequest request) {
        return new ScenarioTiming(request, blueprint.optionRecords());
    }

    @Override
    public KernelProfile kernel() {
        return kernel;
    }

    @Override
    public Range msleep(long milliseconds) {
        return rounding.msleep(milliseconds);
    }

    @Override
    public Range delayedWork(long milliseconds) {
        return rounding.timer(milliseconds);
    }

    @Override
    public <T extends Record> Optional<T> options(Class<T> type) {
        return options.stream().filter(type::isInstance).map(type::cast).findFirst();
    }
}
