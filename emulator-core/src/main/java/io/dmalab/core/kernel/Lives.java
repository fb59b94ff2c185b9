package io.dmalab.core.kernel;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.observe.LifeRecord;
import io.dmalab.api.observe.Observer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Tells observers of changes in the lives of mappings, pages and objects. Records are built only if somebody is {@link #watched
 * watching}.
 */
public final class Lives {
    private final SimScheduler sched;
    private final List<Observer> observers = new ArrayList<>();

    Lives(SimScheduler sched) {
        this.sched = sched;
    }

    void observe(Observer observer) {
        if (observer.wantsLives()) {
            observers.add(observer);
        }
    }

    /** Whether {@link #tell} reaches anybody. */
    public boolean watched() {
        return !observers.isEmpty();
    }

    public void tell(LifeRecord change) {
        for (Observer observer : observers) {
            observer.life(change, StackTraces::functions);
        }
    }

    /** Virtual time with the CPU time that the running context has spent. */
    public long now() {
        return sched.now() + sched.current.debt;
    }

    /** Who is running, {@code kworker/7:0:1010} or {@code softirq on CPU 3}. */
    public String by() {
        Context context = sched.current;
        return context.kind == ContextKind.TASK ? context.name() : context.kind.name().toLowerCase(Locale.ROOT) + " on CPU " + context.cpu;
    }
}
