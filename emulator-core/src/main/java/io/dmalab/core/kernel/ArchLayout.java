package io.dmalab.core.kernel;

import io.dmalab.api.kernel.Architecture;
import io.dmalab.api.kernel.Level;
import java.util.List;
import java.util.Locale;

/**
 * What differs between architectures in the text of a trap: arch/powerpc/kernel/process.c and mm/fault.c, arch/arm64/kernel/traps.c and
 * mm/fault.c, arch/s390/kernel/dumpstack.c and mm/fault.c, arch/x86/kernel/dumpstack.c and mm/fault.c (v6.4 to v6.16; logs of reports A1 to
 * A3; x86 is general knowledge, and as v6.14 prints it). Left out: registers, code bytes, page table dumps.
 */
enum ArchLayout {
    POWERPC {
        @Override
        List<Line> oops(boolean write, long address, StackTraces.Frame at, int number, int pageSize) {
            String what = "BUG: Unable to handle kernel data access on " + (write ? "write" : "read");
            return List.of(new Line(Level.ALERT, what + " at 0x" + hex(address)),
                    new Line(Level.ALERT, "Faulting instruction address: 0x" + hex(Symbols.address(at, ""))),
                    new Line(Level.EMERG, "Oops: Kernel access of bad area, sig: 11 [#" + number + "]"),
                    new Line(Level.EMERG, "LE PAGE_SIZE=" + pageSize / 1024 + "K MMU=Radix SMP NR_CPUS=8192 NUMA pSeries"));
        }

        @Override
        String at(StackTraces.Frame frame) {
            return "NIP [" + hex(Symbols.address(frame, "")) + "] " + Symbols.location(frame, "");
        }

        @Override
        String caller(StackTraces.Frame frame, String callee) {
            return "LR [" + hex(Symbols.address(frame, callee)) + "] " + Symbols.location(frame, callee);
        }

        @Override
        String frame(long sp, StackTraces.Frame frame, String callee, boolean unreliable) {
            return "[" + hex(sp) + "] [" + hex(Symbols.address(frame, callee)) + "] " + Symbols.location(frame, callee)
                    + (unreliable ? " (unreliable)" : "");
        }
    },

    ARM64 {
        /** Data abort from the kernel; translation fault at level 0, or of a write. */
        private static final long ESR = 0x96000004L;
        private static final long ESR_WRITE = 1L << 6;

        @Override
        List<Line> oops(boolean write, long address, StackTraces.Frame at, int number, int pageSize) {
            String esr = hex(write ? ESR | ESR_WRITE : ESR);
            String what = address >= 0 && address < pageSize ? "NULL pointer dereference" : "paging request";
            return List.of(new Line(Level.ALERT, "Unable to handle kernel " + what + " at virtual address " + hex(address)),
                    new Line(Level.ALERT, "Mem abort info:"), new Line(Level.ALERT, "  ESR = 0x" + esr),
                    new Line(Level.EMERG, "Internal error: Oops: " + esr + " [#" + number + "] SMP"));
        }

        @Override
        String at(StackTraces.Frame frame) {
            return "pc : " + Symbols.location(frame, "");
        }

        @Override
        String caller(StackTraces.Frame frame, String callee) {
            return "lr : " + Symbols.location(frame, callee);
        }

        @Override
        String frame(long sp, StackTraces.Frame frame, String callee, boolean unreliable) {
            return " " + Symbols.location(own(frame, "ret_from_fork"), callee);
        }

        @Override
        String traceHead() {
            return "Call trace:";
        }
    },

    S390 {
        @Override
        List<Line> oops(boolean write, long address, StackTraces.Frame at, int number, int pageSize) {
            String page = hex(address & -4096L);
            return List.of(new Line(Level.ALERT, "Unable to handle kernel pointer dereference in virtual kernel address space"),
                    new Line(Level.ALERT, "Failing address: " + page + " TEID: " + hex(address & -4096L | (write ? 0x403 : 0x803))),
                    new Line(Level.ALERT, "Fault in home space mode while using kernel ASCE."),
                    new Line(Level.EMERG, "Oops: 0038 ilc:3 [#" + number + "] SMP"));
        }

        @Override
        String at(StackTraces.Frame frame) {
            return "Krnl PSW : 0704c00180000000 " + hex(Symbols.address(frame, "")) + " (" + Symbols.location(frame, "") + ")";
        }

        @Override
        String caller(StackTraces.Frame frame, String callee) {
            return "";
        }

        @Override
        String frame(long sp, StackTraces.Frame frame, String callee, boolean unreliable) {
            return " [<" + hex(Symbols.address(frame, callee)) + ">] " + Symbols.location(own(frame, "__ret_from_fork"), callee);
        }
    },

    /** What the unwinder is not sure of has a question mark; a stack that dump_stack_lvl() itself takes it is sure of. */
    X86 {
        @Override
        List<Line> oops(boolean write, long address, StackTraces.Frame at, int number, int pageSize) {
            String code = write ? "0002" : "0000";
            String what = address >= 0 && address < pageSize ? "kernel NULL pointer dereference, address: "
                    : "unable to handle page fault for address: ";
            return List.of(new Line(Level.ALERT, "BUG: " + what + hex(address)),
                    new Line(Level.ALERT, "#PF: supervisor " + (write ? "write" : "read") + " access in kernel mode"),
                    new Line(Level.ALERT, "#PF: error_code(0x" + code + ") - not-present page"),
                    new Line(Level.EMERG, "Oops: Oops: " + code + " [#" + number + "] PREEMPT SMP NOPTI"));
        }

        @Override
        String at(StackTraces.Frame frame) {
            return "RIP: 0010:" + Symbols.location(frame, "");
        }

        @Override
        String caller(StackTraces.Frame frame, String callee) {
            return "";
        }

        @Override
        String frame(long sp, StackTraces.Frame frame, String callee, boolean unreliable) {
            boolean sure = !unreliable || frame.symbol().equals("dump_stack_lvl");
            return (sure ? " " : " ? ") + Symbols.location(own(frame, "ret_from_fork_asm"), callee);
        }

        @Override
        String stackName(boolean task) {
            return task ? "TASK" : "IRQ";
        }
    };

    /** A line of the log. */
    record Line(Level level, String text) {}

    static ArchLayout of(Architecture architecture) {
        return valueOf(architecture.name());
    }

    /** What an access to a bad address prints before the head of the dump. */
    abstract List<Line> oops(boolean write, long address, StackTraces.Frame at, int number, int pageSize);

    /** The interrupted instruction. */
    abstract String at(StackTraces.Frame frame);

    /** Where it was called from; empty if that is not printed. */
    abstract String caller(StackTraces.Frame frame, String callee);

    /** One line of a call trace. */
    abstract String frame(long sp, StackTraces.Frame frame, String callee, boolean unreliable);

    String traceHead() {
        return "Call Trace:";
    }

    /** What a trace is put in brackets with to say whose stack it is; empty if it is not. */
    String stackName(boolean task) {
        return "";
    }

    /** A kernel thread's outermost function has a name of the architecture's own; the model's is powerpc's. */
    private static StackTraces.Frame own(StackTraces.Frame frame, String outermost) {
        return frame.symbol().equals("start_kernel_thread") ? new StackTraces.Frame(outermost, "") : frame;
    }

    static String hex(long value) {
        return String.format(Locale.ROOT, "%016x", value);
    }
}
