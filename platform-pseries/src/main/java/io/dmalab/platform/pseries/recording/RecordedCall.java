package io.dmalab.platform.pseries.recording;

import io.dmalab.platform.pseries.hypervisor.Connector;
import io.dmalab.platform.pseries.hypervisor.ConnectorNode;
import io.dmalab.platform.pseries.hypervisor.RtasStatus;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * One line of a recording: a call that the recorded guest made, or something that the platform did. {@link RecordingReader} overwrites it
 * with each line; who keeps one makes a copy.
 */
public final class RecordedCall implements Cloneable {
    private static final int WORDS_MAX = 32;
    private static final int LIST_MAX = 512;

    private long lineNumber;
    /** The line's fields, a bit each; those of an earlier line may lie in the others. */
    private int present;
    private long[] numbers = new long[Field.OTHER.ordinal()];
    private String operation = "";
    private String call = "";
    private String nodeName = "";
    private long[] args = new long[WORDS_MAX];
    private int argCount;
    private long[] out = new long[WORDS_MAX];
    private int outCount;
    private long[] list = new long[LIST_MAX];
    private int listCount;

    // how it is filled

    /** Before a line is read into it. */
    void clear(long number) {
        lineNumber = number;
        present = 0;
        argCount = 0;
        outCount = 0;
        listCount = 0;
    }

    void set(Field field, long value) {
        numbers[field.ordinal()] = value;
        present |= 1 << field.ordinal();
    }

    void set(Field field, boolean value) {
        set(field, value ? 1L : 0L);
    }

    void set(Field field, String word) {
        switch (field) {
            case OP -> operation = word;
            case CALL -> call = word;
            default -> nodeName = word;
        }
        present |= 1 << field.ordinal();
    }

    private boolean has(Field field) {
        return (present >>> field.ordinal() & 1) != 0;
    }

    private long number(Field field) {
        return has(field) ? numbers[field.ordinal()] : 0;
    }

    /** Where the numbers of a field go. */
    long[] numbers(Field field) {
        return field == Field.ARGS ? args : field == Field.OUT ? out : list;
    }

    /** How many numbers a field has. */
    void count(Field field, int count) {
        switch (field) {
            case ARGS -> argCount = count;
            case OUT -> outCount = count;
            default -> listCount = count;
        }
    }

    /** @throws IllegalArgumentException if a field is not what it should be */
    void fill(Map<String, Object> fields) {
        for (Field field : Field.values()) {
            if (fields.containsKey(field.key)) {
                fill(field, fields.get(field.key));
            }
        }
        if (operation().isEmpty()) {
            throw new IllegalArgumentException("there is no op");
        }
    }

    private void fill(Field field, Object value) {
        switch (field.kind) {
            case NUMBER -> set(field, JsonLine.number(value));
            case FLAG -> set(field, Boolean.TRUE.equals(value));
            case WORD -> {
                if (!(value instanceof String word)) {
                    throw new IllegalArgumentException(field.key + " is no text");
                }
                set(field, word);
            }
            case NUMBERS -> {
                long[] into = numbers(field);
                if (!(value instanceof List<?> values) || values.size() > into.length) {
                    throw new IllegalArgumentException(field.key + " is no array of up to " + into.length + " numbers");
                }
                for (int i = 0; i < values.size(); i++) {
                    into[i] = JsonLine.number(values.get(i));
                }
                count(field, values.size());
            }
            case NONE -> { }
        }
    }

    /** Stays as it is when the reader goes on. */
    public RecordedCall copy() {
        try {
            RecordedCall copy = (RecordedCall) clone();
            copy.numbers = numbers.clone();
            copy.args = Arrays.copyOf(args, argCount);
            copy.out = Arrays.copyOf(out, outCount);
            copy.list = Arrays.copyOf(list, listCount);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    // what it is

    /** Number of its line in the file; the header's is 1. */
    public long lineNumber() {
        return lineNumber;
    }

    public long sequence() {
        return has(Field.SEQ) ? number(Field.SEQ) : -1;
    }

    /** The calling processor, -1 of what the platform did. */
    public int cpu() {
        return has(Field.CPU) ? (int) number(Field.CPU) : -1;
    }

    /** Hypercall, {@code RTAS} or event. */
    public String operation() {
        return has(Field.OP) ? operation : "";
    }

    /** A hypercall or an RTAS call, not something that the platform did. */
    public boolean isCall() {
        return !operation().startsWith("EV_");
    }

    public boolean isRtas() {
        return operation().equals("RTAS");
    }

    /** The effect of a call that follows: whoever makes that call has it, too. */
    public boolean isEffect() {
        return number(Field.IN_RTAS) != 0;
    }

    // a call

    /** Name of an RTAS call, else empty. */
    public String call() {
        return has(Field.CALL) ? call : "";
    }

    /** Token of an RTAS call. */
    public long token() {
        return number(Field.TOKEN);
    }

    /** Input words that an RTAS call says it has, within what one can have. */
    public int inputs() {
        return Math.clamp((int) number(Field.NARGS), 0, WORDS_MAX - 1);
    }

    /** Likewise return words. */
    public int outputs() {
        return Math.clamp((int) number(Field.NRET), 0, WORDS_MAX - 1);
    }

    /** Argument {@code number}, 0 if the call has fewer. */
    public long arg(int number) {
        return number < argCount ? args[number] : 0;
    }

    public int argCount() {
        return argCount;
    }

    /** Code of the hypercall that carried an RTAS call. */
    public long hcallCode() {
        return number(Field.HRC);
    }

    /** Return code; of an RTAS call the status. */
    public long code() {
        return number(Field.RC);
    }

    /** Return word {@code number} without the code, 0 if there are fewer. */
    public long out(int number) {
        return number < outCount ? out[number] : 0;
    }

    public int outCount() {
        return outCount;
    }

    /** Entry {@code number} of an indirect call's list, 0 where the recording has none. */
    public long entry(int number) {
        return number < listCount ? list[number] : 0;
    }

    /** Entries of an indirect call's list that are recorded. */
    public int listCount() {
        return listCount;
    }

    /** Entries that an H_STUFF_TCE, H_PUT_TCE or H_PUT_TCE_INDIRECT writes. */
    public long written() {
        return operation().equals("H_PUT_TCE") ? 1 : arg(3);
    }

    /** The first entry that a call stores. */
    public long firstEntry() {
        return operation().equals("H_PUT_TCE_INDIRECT") ? entry(0) : arg(2);
    }

    /** Name of the node or property that ibm,configure-connector returned. */
    public String nodeName() {
        return has(Field.WA_NAME) ? nodeName : "";
    }

    /** Its length in bytes. */
    public long nodeLength() {
        return number(Field.WA_LEN);
    }

    /** What this answer of {@code ibm,configure-connector} shows of a device settles what nobody has said of it. */
    public void settle(Connector connector) {
        if (code() >= 0) {
            int length = code() == RtasStatus.CC_NEXT_PROPERTY ? (int) nodeLength() : 0;
            connector.settle(new ConnectorNode.Step((int) code(), nodeName(), length));
        }
    }

    // a call or an event

    /** Index of the connector, 0 if none is recorded. */
    public int connector() {
        return (int) number(Field.DRC);
    }

    // an event

    public long liobn() {
        return number(Field.LIOBN);
    }

    /** Bus address of a window. */
    public long start() {
        return number(Field.START);
    }

    /** Of a window. */
    public int pageShift() {
        return (int) number(Field.PAGE_SHIFT);
    }

    /** Size of a window. */
    public long entries() {
        return number(Field.ENTRIES);
    }

    public long buid() {
        return number(Field.BUID);
    }

    /** Where a device accessed memory. */
    public long busAddress() {
        return number(Field.IOBA);
    }

    /** Where that led. */
    public long physical() {
        return number(Field.PA);
    }

    /** Permission bits that its entry gave. */
    public long permission() {
        return number(Field.PERM);
    }
}
