package io.dmalab.core.kernel;

import io.dmalab.core.explore.AccessKind;
import io.dmalab.core.explore.Names;
import java.util.List;

/** Read sections of RCU in an exploring run, and what a grace period has to wait for. */
final class ReadSections {
    private final Names names;
    private final StepAtHand atHand;
    /** Where tasks can be preempted, only what they mark is a section. */
    private final boolean preemptible;
    /** Where a grace period looks who reads. */
    private int readers;

    ReadSections(Names names, StepAtHand atHand, boolean preemptible) {
        this.names = names;
        this.atHand = atHand;
        this.preemptible = preemptible;
    }

    /** A section that somebody is in. @param number which one of the reader's */
    record Open(Controlled reader, int number) {
        boolean over() {
            return !reader.reading || reader.sections != number;
        }
    }

    void explores() {
        readers = names.readers();
    }

    /** The context has stopped: a section begins or ends with that. One that is over within the step is nobody's business. */
    void stopped(Controlled context) {
        boolean inside = context.task == null ? !context.fiber.isDone() : reads(context.task);
        int ended = context.task == null ? 0 : context.task.context.readSectionsEnded;
        boolean another = ended != context.sectionsEnded;
        context.sectionsEnded = ended;
        if (context.reading && (!inside || another)) {
            context.reading = false;
            atHand.touch(readers, AccessKind.ELEMENT);
            atHand.touch(place(context, context.sections), AccessKind.RELEASE);
        }
        if (inside && !context.reading) {
            context.reading = true;
            context.sections++;
            atHand.touch(readers, AccessKind.ELEMENT);
            atHand.touch(place(context, context.sections), AccessKind.ACQUIRE);
        }
    }

    /** Without preemption a task that has not slept yet has not been through the scheduler. */
    private boolean reads(SimTask task) {
        return !task.isDone() && (task.runnable && !preemptible || task.context.readSections > 0 || task.context.topSpin() != null);
    }

    /** The sections that others than the running context are in. */
    List<Open> open(List<Controlled> contexts) {
        atHand.touch(readers, AccessKind.READ);
        return contexts.stream()
                .filter(context -> context.reading && context != atHand.running)
                .map(context -> new Open(context, context.sections))
                .toList();
    }

    /** A section as a place that contexts touch. */
    int place(Open section) {
        return place(section.reader, section.number);
    }

    private int place(Controlled reader, int number) {
        return names.section(reader.number, number);
    }
}
