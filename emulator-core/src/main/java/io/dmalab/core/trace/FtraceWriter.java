package io.dmalab.core.trace;

import io.dmalab.api.config.Option;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import jakarta.inject.Inject;

/** Writes a run's events as the kernel's tracer shows them in /sys/kernel/tracing/trace, header first. */
public final class FtraceWriter implements Observer {
    /** Options of the extension. */
    public record Options(
            @Option(doc = "the file to write; one that exists is replaced when the run has ended") String file,
            @Option(value = "on", doc = "whether events that no kernel has are written, as lines of the trace marker") Switch markers) {
        public Options {
            if (file.isBlank()) {
                throw new IllegalArgumentException("the file's name is empty");
            }
        }
    }

    /** Values of an option. */
    public enum Switch { ON, OFF }

    private final FtraceFormat format;
    private final int cpus;
    private final boolean markers;
    private final SpooledFile file;
    private final Merge merge = new Merge(this::write);
    private final StringBuilder line = new StringBuilder();
    private long entries;

    @Inject
    public FtraceWriter(Kernel kernel, Options options) {
        this.format = new FtraceFormat(kernel.profile(), kernel.printk()::pointer);
        this.cpus = kernel.sched().cpus();
        this.markers = options.markers() == Switch.ON;
        this.file = SpooledFile.create(options.file());
    }

    @Override
    public boolean wantsEvents() {
        return true;
    }

    @Override
    public void event(TraceRecord event) {
        if (markers || !event.type().isSynthetic()) {
            merge.add(event);
        }
    }

    private void write(TraceRecord event) {
        line.setLength(0);
        format.print(line, event);
        file.write(line.append('\n'));
        entries++;
    }

    @Override
    public void end() {
        merge.finish();
        file.finish(format.header(entries, cpus));
    }

    @Override
    public void close() {
        file.close();
    }
}
