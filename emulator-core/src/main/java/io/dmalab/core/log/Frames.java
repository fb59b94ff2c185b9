package io.dmalab.core.log;

import io.dmalab.api.diagnose.CallTrace;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lines of a stack: {@code [sp] [ip] symbol+0xoff/0xlen}, {@code symbol+0xoff/0xlen [module]}, {@code [<ip>] symbol+0xoff/0xlen}. */
final class Frames {
    private static final String SYMBOL = "(?<symbol>[A-Za-z_.][\\w.$]*)\\+0x[0-9a-f]+/0x[0-9a-f]+";
    private static final Pattern FRAME = Pattern.compile("\\(?(?:\\[<?[0-9a-f]{8,16}>?]\\s+){0,2}(?<doubt>\\? )?" + SYMBOL
            + "(?:\\s+\\[[\\w-]+(?: [0-9a-f]+)?])?(?:\\s+\\(unreliable\\))?\\)?\\^?\\s*(?:\\(.*\\))?");
    private static final Pattern COUNTER = Pattern.compile("(?:pc : |RIP: \\w{4}:(?:\\[<[0-9a-f]+>]\\s+)*|NIP \\[[0-9a-f]+] |epc : |Krnl PSW : .*\\(|PC is at )" + SYMBOL);
    private static final Pattern TITLE = Pattern.compile("(?:Call [Tt]race|Backtrace|Allocated by task \\d+|Freed by task \\d+|(?:DMA-API: )?Mapped at)"
            + "(?=:| ?$)");
    private static final List<String> OF_THE_DUMP = List.of("dump_stack_lvl", "dump_stack", "__dump_stack", "show_stack", "dump_backtrace",
            "print_report", "kasan_report", "print_address_description", "__asan_load8", "__asan_store8");

    private Frames() {}

    /** @return the function, empty for a frame that counts for nothing, null if the line is no frame */
    static String function(String text) {
        int plus = text.indexOf("+0x");
        if (plus < 0) {
            return null;
        }
        Matcher matcher = FRAME.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        return matcher.group("doubt") != null || OF_THE_DUMP.contains(matcher.group("symbol")) ? "" : matcher.group("symbol");
    }

    /** @return the function of the program counter, null if the line does not name it */
    static String programCounter(String text) {
        if (text.indexOf("+0x") < 0) {
            return null;
        }
        Matcher matcher = COUNTER.matcher(text);
        return matcher.lookingAt() ? matcher.group("symbol") : null;
    }

    /** @return whose stack begins, null if none does */
    static String title(String text) {
        if (text.isEmpty() || "BCAFMD".indexOf(text.charAt(0)) < 0) {
            return null;
        }
        Matcher matcher = TITLE.matcher(text);
        if (!matcher.lookingAt()) {
            return null;
        }
        String title = matcher.group();
        return title.equals("Call trace") || title.equals("Backtrace") ? CallTrace.MAIN : title.replace("DMA-API: ", "");
    }
}
