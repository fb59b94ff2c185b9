package io.dmalab.core.kernel;

import io.dmalab.api.kernel.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Stack dumps in the kernel's layout (lib/dump_stack.c, arch/powerpc/kernel/process.c show_stack, v6.4 to v6.16): header lines of the running context
 * and its call trace, one {@code [sp] [ip] symbol+0xoff/0xlen} per function. The functions are those on the Java stack; stack pointers, addresses
 * and offsets are synthetic and only deterministic. Registers are left out.
 */
final class StackDump {
    private static final StackTraces.Frame DUMP_STACK = new StackTraces.Frame("dump_stack_lvl", "");

    private final KernelConfig config;
    private final SimScheduler sched;
    private final LogBuffer log;
    private final Taint taint = new Taint();
    private int oopses;

    StackDump(KernelConfig config, SimScheduler sched, LogBuffer log) {
        this.config = config;
        this.sched = sched;
        this.log = log;
    }

    Taint taint() {
        return taint;
    }

    void dumpStack() {
        header(Level.WARNING);
        callTrace(Level.WARNING, sched.current, StackTraces.capture());
    }

    /** WARN(): what __warn prints. */
    void warn(String function, String message) {
        Context context = sched.current;
        List<StackTraces.Frame> stack = StackTraces.capture();
        log.warn("------------[ cut here ]------------");
        message.lines().forEach(log::warn);
        String callee = "__warn";
        StackTraces.Frame at = new StackTraces.Frame(function, "");
        log.warn(String.format(Locale.ROOT, "WARNING: CPU: %d PID: %d at %s", context.cpu, pid(context), Symbols.location(at, callee)));
        header(Level.WARNING);
        callTrace(Level.WARNING, context, stack);
        log.warn("---[ end trace 0000000000000000 ]---");
        taint.add(Taint.WARN);
    }

    /** The lines of an oops on a bad kernel data access (arch/powerpc/mm/fault.c, kernel/traps.c). */
    void oops(boolean write, long address, List<StackTraces.Frame> stack) {
        StackTraces.Frame at = stack.isEmpty() ? DUMP_STACK : stack.getFirst();
        log.print(Level.ALERT, "BUG: Unable to handle kernel data access on " + (write ? "write" : "read") + " at 0x" + hex(address));
        log.print(Level.ALERT, "Faulting instruction address: 0x" + hex(Symbols.address(at, "")));
        log.print(Level.EMERG, "Oops: Kernel access of bad area, sig: 11 [#" + ++oopses + "]");
        log.print(Level.EMERG, "LE PAGE_SIZE=" + config.pageSize() / 1024 + "K MMU=Radix SMP NR_CPUS=8192 NUMA pSeries");
        header(Level.EMERG);
        log.print(Level.EMERG, "NIP [" + hex(Symbols.address(at, "")) + "] " + Symbols.location(at, ""));
        callTrace(Level.EMERG, sched.current, stack);
        log.print(Level.EMERG, "---[ end trace 0000000000000000 ]---");
        taint.add(Taint.DIE);
    }

    /** dump_stack_print_info(): CPU, hardware and workqueue lines of the running context. */
    void header(Level level) {
        Context context = sched.current;
        String uid = sinceUid() ? " UID: 0" : "";
        log.print(level, String.format(Locale.ROOT, "CPU: %d%s PID: %d Comm: %s %s %s #1",
                context.cpu, uid, pid(context), comm(context), taint.text(), config.profile().release()));
        if (sinceUid() && !taint.verbose().isEmpty()) {
            log.print(level, taint.verbose());
        }
        log.print(level, "Hardware name: " + config.hardwareName());
        if (!context.workqueue.isEmpty()) {
            log.print(level, "Workqueue: " + context.workqueue + " " + context.function);
        }
    }

    /** The call trace of {@code context}; the first frame is always the dumper's own and unreliable. */
    void callTrace(Level level, Context context, List<StackTraces.Frame> stack) {
        log.print(level, "Call Trace:");
        long sp = 0xc000002800000000L + Symbols.mix(pid(context) * 31L + context.cpu) % 0x1000 * 0x10000 + 0xf000;
        for (StackTraces.Frame frame : stack) {
            sp -= Symbols.frameBytes(frame.symbol());
        }
        frame(level, sp, DUMP_STACK, "show_stack", " (unreliable)");
        String callee = DUMP_STACK.symbol();
        for (StackTraces.Frame frame : stack) {
            sp += Symbols.frameBytes(frame.symbol());
            frame(level, sp, frame, callee, "");
            callee = frame.symbol();
        }
    }

    /** A stack as KASAN prints those of allocation and free: symbols only. */
    void plainTrace(Level level, List<StackTraces.Frame> stack) {
        locations(stack, "kasan_save_stack", stack.size()).forEach(location -> log.print(level, " " + location));
    }

    /** @param saver function that took the stack, called by the innermost one */
    static List<String> locations(List<StackTraces.Frame> stack, String saver, int depthMax) {
        List<String> locations = new ArrayList<>();
        String callee = saver;
        for (StackTraces.Frame frame : stack.subList(0, Math.min(depthMax, stack.size()))) {
            locations.add(Symbols.location(frame, callee));
            callee = frame.symbol();
        }
        return locations;
    }

    private void frame(Level level, long sp, StackTraces.Frame frame, String callee, String suffix) {
        log.print(level, "[" + hex(sp) + "] [" + hex(Symbols.address(frame, callee)) + "] " + Symbols.location(frame, callee) + suffix);
    }

    /** 6.12 added the UID and the line that explains taint letters. */
    private boolean sinceUid() {
        String[] version = config.profile().release().split("[.-]");
        int major = Integer.parseInt(version[0]);
        return major > 6 || major == 6 && Integer.parseInt(version[1]) >= 12;
    }

    static int pid(Context context) {
        return context.task == null ? 0 : context.task.pid();
    }

    static String comm(Context context) {
        return context.task == null ? "swapper/" + context.cpu : context.task.comm();
    }

    static String hex(long value) {
        return String.format(Locale.ROOT, "%016x", value);
    }
}
