package io.dmalab.cli;

import io.dmalab.api.config.Span;
import io.dmalab.api.observe.Observer;
import io.dmalab.core.life.InFlight;
import io.dmalab.core.life.LifeStory;
import io.dmalab.core.life.Subject;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.BadInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options that ask for a life story, or for what is in flight at a moment: printed instead of the kernel log and the report. */
final class Explained {
    @Option(names = "--explain", paramLabel = "ADDRESS|PAGE|TABLE",
            description = "Tell the life story of a mapping, page or table instead of the report: 0x80000180ad00000, 'page 4711', "
                    + "'pfn 0x1267', 'table LIOBN 0x70000016', or a kernel object's address.")
    Optional<String> subject = Optional.empty();

    @Option(names = "--who-holds", paramLabel = "TIME",
            description = "List what is mapped at that virtual time, by holder, instead of the report: 2.05s, 2100ms.")
    Optional<String> moment = Optional.empty();

    private Optional<LifeStory> story = Optional.empty();
    private Optional<InFlight> inFlight = Optional.empty();

    boolean asked() {
        return subject.isPresent() || moment.isPresent();
    }

    /** @throws BadInput if it cannot be read what is asked for */
    RunRequest apply(RunRequest request) {
        story = subject.map(text -> new LifeStory(Subject.parse(text, "--explain")));
        inFlight = moment.map(text -> new InFlight(nanos(text)));
        List<Observer> observers = new ArrayList<>(request.observers());
        story.ifPresent(observers::add);
        inFlight.ifPresent(observers::add);
        return observers.size() == request.observers().size() ? request : request.withObservers(observers);
    }

    private static long nanos(String text) {
        try {
            return Span.parse(text).nanos();
        } catch (IllegalArgumentException e) {
            throw BadInput.of("--who-holds", e.getMessage(), "give a time since boot, e.g. 2.05s or 2100ms");
        }
    }

    /** @throws BadInput if the run has never heard of what is to be explained */
    void print(Output output, RunResult result) {
        story.flatMap(LifeStory::nearest).ifPresent(nearest -> {
            throw BadInput.of("--explain", "this run knows no " + words(story.get().subject()), nearest.isEmpty()
                    ? "it has nothing of the kind" : "the nearest it knows: " + String.join(", ", nearest));
        });
        if (output.json) {
            Json.print(output.out(), LifeJson.of(story, inFlight, result));
            return;
        }
        LifeReport report = new LifeReport(output.out(), result);
        story.ifPresent(report::story);
        inFlight.ifPresent(report::inFlight);
    }

    private static String words(Subject subject) {
        return switch (subject) {
            case Subject.Address address -> "mapping or object at " + address;
            case Subject.Page page -> page.toString();
            case Subject.Named named -> "object " + named;
        };
    }
}
