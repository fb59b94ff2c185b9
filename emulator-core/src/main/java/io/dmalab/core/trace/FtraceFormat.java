package io.dmalab.core.trace;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventType;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.observe.TraceRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongFunction;

/**
 * Lines of /sys/kernel/tracing/trace as a kernel of one profile prints them (kernel/trace/trace_output.c, v6.4 to v6.16). An event that no
 * kernel has becomes a line of the trace marker. Left out: the flags need-resched, BH-disabled and migrate-disable, which the model does
 * not know; older kernels' four flags, for no profile is that old.
 */
public final class FtraceFormat {
    private static final int DEPTH_MAX = 0xf;
    private static final String MARKER = "tracing_mark_write: ";

    private final KernelProfile profile;
    private final LongFunction<String> pointers;
    private final Map<EventType, PayloadFormat> formats = new LinkedHashMap<>();

    /** @param pointers what {@code %p} prints for an address, e.g. {@code kernel.printk()::pointer} */
    public FtraceFormat(KernelProfile profile, LongFunction<String> pointers) {
        this.profile = profile;
        this.pointers = pointers;
    }

    /** What stands above the events. */
    public String header(long entries, int cpus) {
        return String.format(Locale.ROOT, """
                # tracer: nop
                #
                # entries-in-buffer/entries-written: %d/%d   #P:%d
                #
                #                                _-----=> irqs-off/BH-disabled
                #                               / _----=> need-resched
                #                              | / _---=> hardirq/softirq
                #                              || / _--=> preempt-depth
                #                              ||| / _-=> migrate-disable
                #                              |||| /     delay
                #           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
                #              | |         |   |||||     |         |
                """, entries, entries, cpus);
    }

    /** The event's line without its end. */
    public String line(TraceRecord event) {
        StringBuilder out = new StringBuilder();
        print(out, event);
        return out.toString();
    }

    /**
     * An event that was read from a trace, as this profile's kernel prints it. A field that the event's own kernel did not print is 0 or
     * empty.
     *
     * @param type of that event
     */
    public String line(TracedEvent event, EventType type) {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < type.fields().size(); i++) {
            values.add(event.fields().getOrDefault(type.fields().get(i), type.isText(i) ? "" : (Object) 0L));
        }
        StringBuilder out = new StringBuilder();
        new LinePrefix(event.comm(), event.pid(), event.cpu(), event.flags(), event.timeNanos(), 0).print(out);
        payload(out, type, values);
        return out.toString();
    }

    void print(StringBuilder out, TraceRecord event) {
        new LinePrefix(event.comm(), event.pid(), event.cpu(), flags(event), event.timeNanos(), 0).print(out);
        payload(out, event.type(), event.values());
    }

    private void payload(StringBuilder out, EventType type, List<Object> values) {
        PayloadFormat format = formats.computeIfAbsent(type, t -> new PayloadFormat(t, t.layout(profile)));
        if (type.isSynthetic()) {
            out.append(MARKER).append(format.name());
        } else {
            out.append(format.event());
        }
        out.append(": ");
        format.print(out, values, pointers);
    }

    /** The five columns. */
    private static String flags(TraceRecord event) {
        boolean hardirq = event.context() == ContextKind.HARDIRQ;
        char irqsOff = hardirq ? 'd' : '.';
        char context = hardirq ? 'h' : event.context() == ContextKind.TASK ? '.' : 's';
        // an idle task runs with preemption off: what interrupts it counts from one
        int depth = Math.min(DEPTH_MAX, event.depth() + (event.pid() == 0 ? 1 : 0));
        return new String(new char[] {irqsOff, '.', context, depth == 0 ? '.' : Character.forDigit(depth, 16), '.'});
    }
}
