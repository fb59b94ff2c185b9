package io.dmalab.core.builtin;

import io.dmalab.api.timeout.Timeout;
import io.dmalab.api.timeout.TimeoutSource;
import io.dmalab.api.timeout.Timing;
import io.dmalab.core.kernel.KernelConfig;
import java.util.List;

/** The hung-task detector, and the deadlines of those who ordered the removal, of which nobody has said how long they are. */
public final class KernelTimeouts implements TimeoutSource {
    @Override
    public List<Timeout> timeouts(Timing timing) {
        long check = KernelConfig.HUNG_TASK_NANOS;
        return List.of(
                new Timeout("hung-task", "khungtaskd reports a task that has not run in an uninterruptible wait", check, 2 * check,
                        List.of(), "", "dlpar-and-notifiers.md 9; real-world-reports.md, invariant 7; kernel/hung_task.c"),
                new Timeout("drmgr-limit", "the tool that removes gives up (drmgr -w, or whoever started it)", Timeout.UNKNOWN,
                Timeout.UNKNOWN,
                        List.of("lpm-deadline"), "the migration fails while the removal still goes on",
                        "not public: dlpar-and-notifiers.md, open questions; say it with --assume"),
                new Timeout("lpm-deadline", "the management console gives up on preparing a migration", Timeout.UNKNOWN, Timeout.UNKNOWN,
                        List.of(), "", "not public: dlpar-and-notifiers.md, open questions; say it with --assume"));
    }
}
