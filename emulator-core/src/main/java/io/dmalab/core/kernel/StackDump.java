package io.dmalab.core.kernel;

import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.kernel.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Stack dumps in the kernel's layout (lib/dump_stack.c, v6.4 to v6.16, and what {@link ArchLayout} says): header lines of the running
 * context and its call trace, one line per function. The functions are those on the Java stack; stack pointers, addresses
 * and offsets are synthetic and only deterministic. Left out: registers, the list of modules, file and line of a warning.
 */
final class StackDump {
    private static final StackTraces.Frame DUMP_STACK = new StackTraces.Frame("dump_stack_lvl", "");
    private static final List<StackTraces.Frame> SWITCHED_OUT = Stream.of("__switch_to", "__schedule", "schedule")
            .map(symbol -> new StackTraces.Frame(symbol, "")).toList();

    private final KernelConfig config;
    private final SimScheduler sched;
    private final LogBuffer log;
    private final Taint taint;
    private ArchLayout layout = ArchLayout.POWERPC;
    private int oopses;

    StackDump(KernelConfig config, SimScheduler sched, LogBuffer log) {
        this.config = config;
        this.sched = sched;
        this.log = log;
        this.taint = new Taint(config.profile().taintFlags(), config.profile().taint());
    }

    void layout(ArchLayout newLayout) {
        layout = newLayout;
    }

    Taint taint() {
        return taint;
    }

    void dumpStack() {
        header(Level.WARNING);
        callTrace(Level.WARNING, sched.current, StackTraces.capture(), DUMP_STACK.symbol());
    }

    /**
     * WARN(): what the trap that it is made of on powerpc leads to (__warn, then show_regs).
     *
     * @param message empty for WARN_ON
     */
    void warn(String function, String message) {
        List<StackTraces.Frame> stack = StackTraces.capture();
        StackTraces.Frame at = stack.isEmpty() || !stack.getFirst().symbol().equals(function)
                ? new StackTraces.Frame(function, "")
                : stack.getFirst();
        log.warn("------------[ cut here ]------------");
        message.lines().forEach(log::warn);
        log.warn(String.format(Locale.ROOT, "WARNING: CPU: %d PID: %d at %s", sched.current.cpu, pid(sched.current),
                Symbols.location(at, "")));
        header(Level.WARNING);
        trapTrace(Level.WARNING, at, stack);
        log.warn("---[ end trace 0000000000000000 ]---");
        taint.add(Taint.WARN);
    }

    /** The lines of an oops on a bad access to kernel data. */
    void oops(boolean write, long address, List<StackTraces.Frame> stack) {
        StackTraces.Frame at = stack.isEmpty() ? DUMP_STACK : stack.getFirst();
        layout.oops(write, address, at, ++oopses, config.pageSize()).forEach(line -> log.print(line.level(), line.text()));
        header(Level.EMERG);
        trapTrace(Level.EMERG, at, stack);
        log.print(Level.EMERG, "---[ end trace 0000000000000000 ]---");
        taintUnreliable(Taint.DIE);
    }

    /** add_taint() with the line that the kernel prints the first time it stops trusting its lock checks. */
    void taintUnreliable(int flag) {
        if (taint.addUnreliable(flag)) {
            log.warn("Disabling lock debugging due to kernel taint");
        }
    }

    /** dump_stack_print_info(): CPU, hardware and workqueue lines of the running context. */
    void header(Level level) {
        Context context = sched.current;
        KernelProfile profile = config.profile();
        log.print(level, String.format(Locale.ROOT, "CPU: %d%s PID: %d Comm: %s %s%s %s %s", context.cpu,
                profile.dumpShowsUid() ? " UID: 0" : "", pid(context), comm(context), profile.kdumpLoaded() ? "Kdump: loaded " : "",
                taint.text(), profile.release(), profile.version()));
        if (profile.dumpShowsUid() && !taint.verbose().isEmpty()) {
            log.print(level, taint.verbose());
        }
        log.print(level, "Hardware name: " + config.hardwareName());
        if (!context.workqueue.isEmpty()) {
            log.print(level, "Workqueue: " + context.workqueue + " " + context.function);
        }
    }

    /**
     * The call trace of {@code context} from dump_stack_lvl() on, whose frame is always unreliable.
     *
     * @param saver what the innermost function called to have the trace shown
     */
    void callTrace(Level level, Context context, List<StackTraces.Frame> stack, String saver) {
        traceHead(level, context);
        frame(level, bottom(context, stack), DUMP_STACK, "show_stack", true);
        frames(level, context, stack, saver, false);
    }

    /**
     * The call trace of a task that sleeps: below what called schedule() lie the switch and a word of the stack that is no return address.
     */
    void sleeperTrace(Level level, Context context, List<StackTraces.Frame> stack) {
        List<StackTraces.Frame> whole = new ArrayList<>(SWITCHED_OUT);
        whole.addAll(stack);
        long sp = bottom(context, whole);
        traceHead(level, context);
        if (layout == ArchLayout.POWERPC) {
            String word = hex(sp + Symbols.frameBytes(SWITCHED_OUT.getFirst().symbol()));
            log.print(level, "[" + hex(sp) + "] [" + word + "] 0x" + word + " (unreliable)");
        }
        frames(level, context, whole, "_switch", false);
    }

    /** NIP, LR and the call trace of the running context where a trap interrupted it: the innermost frame is the interrupted one. */
    private void trapTrace(Level level, StackTraces.Frame at, List<StackTraces.Frame> stack) {
        log.print(level, layout.at(at));
        if (stack.size() > 1) {
            String callee = stack.getFirst().symbol();
            StackTraces.Frame caller = stack.get(1);
            String line = layout.caller(caller, callee);
            if (!line.isEmpty()) {
                log.print(level, line);
            }
        }
        traceHead(level, sched.current);
        frames(level, sched.current, stack, "", true);
    }

    private void traceHead(Level level, Context context) {
        log.print(level, layout.traceHead());
        String name = layout.stackName(context.task != null);
        if (!name.isEmpty()) {
            log.print(level, " <" + name + ">");
        }
    }

    private void frames(Level level, Context context, List<StackTraces.Frame> stack, String saver, boolean firstUnreliable) {
        long sp = bottom(context, stack);
        String callee = saver;
        boolean unreliable = firstUnreliable;
        for (StackTraces.Frame frame : stack) {
            sp += Symbols.frameBytes(frame.symbol());
            frame(level, sp, frame, callee, unreliable);
            callee = frame.symbol();
            unreliable = false;
        }
        String name = layout.stackName(context.task != null);
        if (!name.isEmpty()) {
            log.print(level, " </" + name + ">");
        }
    }

    /** A stack pointer below every frame of {@code stack}. */
    private static long bottom(Context context, List<StackTraces.Frame> stack) {
        long sp = 0xc000002800000000L + Symbols.mix(pid(context) * 31L + context.cpu) % 0x1000 * 0x10000 + 0xf000;
        for (StackTraces.Frame frame : stack) {
            sp -= Symbols.frameBytes(frame.symbol());
        }
        return sp;
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

    private void frame(Level level, long sp, StackTraces.Frame frame, String callee, boolean unreliable) {
        log.print(level, layout.frame(sp, frame, callee, unreliable));
    }

    static int pid(Context context) {
        return context.task == null ? 0 : context.task.pid();
    }

    static String comm(Context context) {
        return context.task == null ? "swapper/" + context.cpu : context.task.comm();
    }

    static String hex(long value) {
        return ArchLayout.hex(value);
    }
}
