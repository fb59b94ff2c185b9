package io.dmalab.core.trace;

/**
 * What stands in front of a line's event: task, CPU, flags and time (kernel/trace/trace_output.c, v6.14). Prints the kernel's form; reads
 * it and those of trace-cmd report and perf script.
 *
 * @param flags empty if there are none
 * @param end   reading: index of the event's name
 */
record LinePrefix(String comm, int pid, int cpu, String flags, long timeNanos, int end) {
    /** TASK_COMM_LEN without the closing zero. */
    private static final int COMM_MAX = 15;
    private static final int COMM_WIDTH = 16;
    private static final int PID_WIDTH = 7;
    private static final int CPU_WIDTH = 3;
    private static final int SECONDS_WIDTH = 5;
    private static final int MICROS_DIGITS = 6;
    private static final int NANOS_DIGITS = 9;
    private static final long SECONDS_MAX = Long.MAX_VALUE / 1_000_000_000L - 1;
    private static final int FLAGS_MAX = 10;

    /** A line that has no such prefix. @param at index where reading stopped */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;
        private final int at;

        Unreadable(int at, String cause) {
            super(cause, null, false, false);
            this.at = at;
        }

        int at() {
            return at;
        }
    }

    // printing

    /** {@code "%16s-%-7d [%03d] %s %5lu.%06lu: "}, with the comm cut to 15 characters and the time rounded to microseconds. */
    void print(StringBuilder out) {
        String name = comm.length() > COMM_MAX ? comm.substring(0, COMM_MAX) : comm;
        out.repeat(' ', Math.max(0, COMM_WIDTH - name.length())).append(name).append('-');
        int start = out.length();
        out.append(pid).repeat(' ', Math.max(0, PID_WIDTH - (out.length() - start))).append(" [");
        number(out, cpu, CPU_WIDTH, '0');
        out.append("] ").append(flags).append(' ');
        long micros = (timeNanos + 500) / 1000;
        number(out, micros / 1_000_000, SECONDS_WIDTH, ' ');
        out.append('.');
        number(out, micros % 1_000_000, MICROS_DIGITS, '0');
        out.append(": ");
    }

    private static void number(StringBuilder out, long value, int width, char fill) {
        String digits = Long.toString(value);
        out.repeat(fill, Math.max(0, width - digits.length())).append(digits);
    }

    // reading

    static LinePrefix read(String line) throws Unreadable {
        for (int open = line.indexOf('['); open >= 0; open = line.indexOf('[', open + 1)) {
            int close = digits(line, open + 1);
            if (close > open + 1 && close < line.length() && line.charAt(close) == ']' && isBlank(line, close + 1)) {
                String task = task(line, open);
                if (task != null) {
                    return afterCpu(line, task, open, close);
                }
            }
        }
        throw new Unreadable(0, "no task and CPU");
    }

    /** Task as {@code comm-pid}, {@code comm pid} or {@code comm pid/tid} and perhaps {@code (tgid)}; null if this is none. */
    private static String task(String line, int end) {
        String text = line.substring(0, end).strip();
        if (text.endsWith(")")) {
            int group = text.lastIndexOf('(');
            text = group < 0 ? text : text.substring(0, group).stripTrailing();
        }
        int pid = text.length();
        while (pid > 0 && Character.digit(text.charAt(pid - 1), 10) >= 0) {
            pid--;
        }
        boolean found = pid > 0 && pid < text.length() && "- \t/".indexOf(text.charAt(pid - 1)) >= 0;
        return found ? text : null;
    }

    private static LinePrefix afterCpu(String line, String task, int open, int close) throws Unreadable {
        int cpu = number(line, open + 1, close, "CPU");
        int at = blanks(line, close + 1);
        String flags = "";
        int end = time(line, at);
        if (end < 0) {
            int word = word(line, at);
            if (word == at || word - at > FLAGS_MAX) {
                throw new Unreadable(at, "no time stamp");
            }
            flags = line.substring(at, word);
            at = blanks(line, word);
            end = time(line, at);
        }
        if (end < 0) {
            throw new Unreadable(at, at >= line.length() ? "the line ends before the time stamp" : "no time stamp");
        }
        int split = task.length();
        while (Character.digit(task.charAt(split - 1), 10) >= 0) {
            split--;
        }
        int pid = number(task, split, task.length(), "pid");
        String comm = task.substring(0, split - 1);
        if (task.charAt(split - 1) == '/') {
            // pid/tid: the comm stands in front of both
            comm = comm.replaceFirst("\\d+$", "");
        }
        comm = comm.stripTrailing();
        return new LinePrefix(comm, pid, cpu, flags, nanos(line, at, end), blanks(line, end + 1));
    }

    private static int number(String text, int from, int to, String what) throws Unreadable {
        try {
            return Integer.parseInt(text, from, to, 10);
        } catch (NumberFormatException e) {
            throw new Unreadable(from, what + " out of range");
        }
    }

    /** Index of the colon behind a time stamp that begins at {@code at}; -1 if there is none. */
    private static int time(String line, int at) {
        int dot = digits(line, at);
        if (dot == at || dot >= line.length() || line.charAt(dot) != '.') {
            return -1;
        }
        int end = digits(line, dot + 1);
        boolean found = end > dot + 1 && end - dot - 1 <= NANOS_DIGITS && end < line.length() && line.charAt(end) == ':';
        return found ? end : -1;
    }

    private static long nanos(String line, int at, int end) throws Unreadable {
        int dot = line.indexOf('.', at);
        long seconds;
        try {
            seconds = Long.parseLong(line, at, dot, 10);
        } catch (NumberFormatException e) {
            throw new Unreadable(at, "time stamp out of range");
        }
        if (seconds > SECONDS_MAX) {
            throw new Unreadable(at, "time stamp out of range");
        }
        long fraction = Long.parseLong(line, dot + 1, end, 10);
        for (int i = end - dot - 1; i < NANOS_DIGITS; i++) {
            fraction *= 10;
        }
        return seconds * 1_000_000_000L + fraction;
    }

    private static boolean isBlank(String line, int at) {
        return at >= line.length() || line.charAt(at) == ' ' || line.charAt(at) == '\t';
    }

    private static int digits(String line, int from) {
        int at = from;
        while (at < line.length() && line.charAt(at) >= '0' && line.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    private static int blanks(String line, int from) {
        int at = from;
        while (at < line.length() && isBlank(line, at)) {
            at++;
        }
        return at;
    }

    private static int word(String line, int from) {
        int at = from;
        while (!isBlank(line, at)) {
            at++;
        }
        return at;
    }
}
