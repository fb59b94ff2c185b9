package io.dmalab.platform.pseries.recording;

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
    private long sequence;
    private int cpu;
    private String operation = "";
    private String call = "";
    private long token;
    private int inputs;
    private int outputs;
    private long[] args = new long[WORDS_MAX];
    private int argCount;
    private long hcallCode;
    private long code;
    private long[] out = new long[WORDS_MAX];
    private int outCount;
    private long[] list = new long[LIST_MAX];
    private int listCount;
    private long connector;
    private String nodeName = "";
    private long nodeLength;
    private boolean effect;
    private long liobn;
    private long start;
    private int pageShift;
    private long entries;
    private long buid;
    private long busAddress;
    private long physical;
    private long permission;

    // how it is filled

    /** Before a line is read into it. */
    void clear(long number) {
        lineNumber = number;
        sequence = -1;
        cpu = -1;
        operation = "";
        call = "";
        token = 0;
        inputs = 0;
        outputs = 0;
        Arrays.fill(args, 0, argCount, 0);
        argCount = 0;
        hcallCode = 0;
        code = 0;
        Arrays.fill(out, 0, outCount, 0);
        outCount = 0;
        listCount = 0;
        connector = 0;
        nodeName = "";
        nodeLength = 0;
        effect = false;
        liobn = 0;
        start = 0;
        pageShift = 0;
        entries = 0;
        buid = 0;
        busAddress = 0;
        physical = 0;
        permission = 0;
    }

    void set(Field field, long value) {
        switch (field) {
            case SEQ -> sequence = value;
            case CPU -> cpu = (int) value;
            case TOKEN -> token = value;
            case NARGS -> inputs = (int) value;
            case NRET -> outputs = (int) value;
            case HRC -> hcallCode = value;
            case RC -> code = value;
            case DRC -> connector = value;
            case WA_LEN -> nodeLength = value;
            case LIOBN -> liobn = value;
            case START -> start = value;
            case PAGE_SHIFT -> pageShift = (int) value;
            case ENTRIES -> entries = value;
            case BUID -> buid = value;
            case IOBA -> busAddress = value;
            case PA -> physical = value;
            case PERM -> permission = value;
            default -> throw new IllegalArgumentException(field.key);
        }
    }

    void set(Field field, String word) {
        switch (field) {
            case OP -> operation = word;
            case CALL -> call = word;
            case WA_NAME -> nodeName = word;
            default -> throw new IllegalArgumentException(field.key);
        }
    }

    void set(Field field, boolean value) {
        if (field == Field.IN_RTAS) {
            effect = value;
        }
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
        if (operation.isEmpty()) {
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
        }
    }

    /** Stays as it is when the reader goes on. */
    public RecordedCall copy() {
        try {
            RecordedCall copy = (RecordedCall) clone();
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
        return sequence;
    }

    /** The calling processor, -1 of what the platform did. */
    public int cpu() {
        return cpu;
    }

    /** Hypercall, {@code RTAS} or event. */
    public String operation() {
        return operation;
    }

    /** A hypercall or an RTAS call, not something that the platform did. */
    public boolean isCall() {
        return !operation.startsWith("EV_");
    }

    public boolean isRtas() {
        return operation.equals("RTAS");
    }

    /** The effect of a call that follows: whoever makes that call has it, too. */
    public boolean isEffect() {
        return effect;
    }

    // a call

    /** Name of an RTAS call, else empty. */
    public String call() {
        return call;
    }

    /** Token of an RTAS call. */
    public long token() {
        return token;
    }

    /** Input words that an RTAS call says it has, within what one can have. */
    public int inputs() {
        return Math.clamp(inputs, 0, WORDS_MAX - 1);
    }

    /** Likewise return words. */
    public int outputs() {
        return Math.clamp(outputs, 0, WORDS_MAX - 1);
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
        return hcallCode;
    }

    /** Return code; of an RTAS call the status. */
    public long code() {
        return code;
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
        return operation.equals("H_PUT_TCE") ? 1 : arg(3);
    }

    /** The first entry that a call stores. */
    public long firstEntry() {
        return operation.equals("H_PUT_TCE_INDIRECT") ? entry(0) : arg(2);
    }

    /** Name of the node or property that ibm,configure-connector returned. */
    public String nodeName() {
        return nodeName;
    }

    /** Its length in bytes. */
    public long nodeLength() {
        return nodeLength;
    }

    // a call or an event

    /** Index of the connector, 0 if none is recorded. */
    public int connector() {
        return (int) connector;
    }

    // an event

    public long liobn() {
        return liobn;
    }

    /** Bus address of a window. */
    public long start() {
        return start;
    }

    /** Of a window. */
    public int pageShift() {
        return pageShift;
    }

    /** Size of a window. */
    public long entries() {
        return entries;
    }

    public long buid() {
        return buid;
    }

    /** Where a device accessed memory. */
    public long busAddress() {
        return busAddress;
    }

    /** Where that led. */
    public long physical() {
        return physical;
    }

    /** Permission bits that its entry gave. */
    public long permission() {
        return permission;
    }
}
