package io.dmalab.core.run;

import io.dmalab.api.observe.FindingRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Findings in words, as reports and failed assertions have them. */
public final class FindingText {
    private static final int WIDTH = 100;

    private FindingText() {}

    /** {@code use-after-free: iommu_table (7 x, first at 3.001200 s)}. @param occurrences of all findings that this line stands for */
    public static String head(FindingRecord finding, long occurrences) {
        return String.format(Locale.ROOT, "%s: %s (%,d x, first at %.6f s)", finding.kind(), finding.subject(), occurrences,
                finding.firstNanos() / 1e9);
    }

    /** {@code freed by drmgr:1234 at 2.041000 s}. */
    public static String title(FindingRecord.Stack stack) {
        return String.format(Locale.ROOT, "%s %s at %.6f s", stack.title(), stack.task(), stack.timeNanos() / 1e9);
    }

    /** The functions, innermost first, as many to a line as are needed to fill it; a line that goes on begins with {@code <}. */
    public static List<String> lines(FindingRecord.Stack stack) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String function : stack.functions()) {
            if (line.length() + function.length() > WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(line.isEmpty() && lines.isEmpty() ? "" : "< ").append(function);
        }
        if (!line.isEmpty()) {
            lines.add(line.toString());
        }
        return lines;
    }
}
