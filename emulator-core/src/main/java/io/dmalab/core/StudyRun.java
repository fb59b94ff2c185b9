package io.dmalab.core;

import io.dmalab.core.machine.Blueprint;
import io.dmalab.core.machine.Injection;
import io.dmalab.core.machine.Machine;
import io.dmalab.core.run.Comparer;
import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.Tally;
import io.dmalab.core.run.Progress;
import io.dmalab.core.run.Results;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.Sample;
import io.dmalab.core.run.Study;
import io.dmalab.core.run.StudyPlan;
import io.dmalab.core.scenario.BadInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** A study under way: every contender of every point is a variant, whose names are found and whose options are read once. */
final class StudyRun {
    private final Injection injection;
    private final StudyPlan plan;
    private final Results results;
    private final BiConsumer<RunRequest, Sample> each;
    private final List<RunRequest> requests = new ArrayList<>();
    private final List<Blueprint> blueprints = new ArrayList<>();
    private final List<Tally> tallies = new ArrayList<>();
    /** Of each variant which tally it belongs to, and its number there. */
    private final List<int[]> places = new ArrayList<>();
    private final AtomicReferenceArray<String> refusals;

    /** @param model what {@code Emulator.model()} says, for tokens; asked when one is wanted */
    StudyRun(Injection injection, StudyPlan plan, Supplier<String> model, Results results, BiConsumer<RunRequest, Sample> each) {
        this.injection = injection;
        this.plan = plan;
        this.results = results;
        this.each = each;
        for (StudyPlan.Point point : plan.points()) {
            for (int i = 0; i < point.contenders().size(); i++) {
                RunRequest request = point.contenders().get(i).request().withoutLog();
                requests.add(request);
                blueprints.add(Blueprint.of(injection.registry(), request));
                places.add(new int[] {tallies.size(), i});
            }
            tallies.add(new Tally(point, model));
        }
        this.refusals = new AtomicReferenceArray<>(requests.size());
    }

    /** @throws CancellationException if the thread is interrupted before one seed is finished */
    Study run(int jobs, Progress progress) {
        int finished = new Comparer(jobs, progress).run(requests.size(), plan.seeds(), this::one, this::collect);
        if (finished == 0) {
            throw new CancellationException("interrupted before the first seed was finished");
        }
        List<Comparison> comparisons = new ArrayList<>();
        tallies.forEach(tally -> tally.comparison(finished, plan.seeds()).ifPresent(comparisons::add));
        if (comparisons.isEmpty()) {
            throw BadInput.of("compare", "no policy can be run on any of these scenarios: " + refusals.get(0), "choose others");
        }
        return new Study(comparisons);
    }

    private Optional<Sample> one(int variant, int round) {
        if (refusals.get(variant) != null) {
            return Optional.empty();
        }
        RunRequest first = requests.get(variant);
        RunRequest request = first.withSeed(first.seed() + round);
        Optional<Sample> known = results.find(request);
        if (known.isPresent()) {
            return known;
        }
        try {
            Sample sample = Sample.of(MachineThread.call(injection.registry(), "machine " + request.scenario().id(),
                    pulse -> Machine.run(injection, blueprints.get(variant), request, pulse)));
            results.add(request, sample);
            return Optional.of(sample);
        } catch (BadInput refusal) {
            if (!plan.leavesOut()) {
                throw refusal;
            }
            refusals.compareAndSet(variant, null, refusal.getMessage());
            return Optional.empty();
        }
    }

    private void collect(int variant, Optional<Sample> sample) {
        int[] place = places.get(variant);
        Tally tally = tallies.get(place[0]);
        sample.ifPresentOrElse(figures -> {
            tally.add(place[1], figures);
            each.accept(requests.get(variant).withSeed(figures.seed()), figures);
        }, () -> tally.leaveOut(place[1], refusals.get(variant)));
    }
}
