package io.dmalab.platform.pseries.guest;

import java.util.Map;

/**
 * One line of a recording: a call that the recorded guest made, or something that the platform did.
 *
 * @param seq  its number
 * @param cpu  the calling processor, -1 for what the platform did
 * @param op   hypercall, {@code RTAS} or event
 * @param call name of an RTAS call, else empty
 * @param args arguments of a call
 * @param rc   its return code; of an RTAS call the status
 * @param list entries of an indirect call, else empty
 * @param all  every field as it is written
 */
record Line(long seq, int cpu, String op, String call, long[] args, long rc, long[] list, Map<String, Object> all) {
    private static final long[] NONE = {};

    static Line of(Map<String, Object> fields) {
        return new Line(JsonLine.number(fields.get("seq")), (int) JsonLine.number(fields.getOrDefault("cpu", -1L)),
                (String) fields.getOrDefault("op", ""), (String) fields.getOrDefault("call", ""), numbers(fields, "args"),
                JsonLine.number(fields.getOrDefault("rc", 0L)), numbers(fields, "list"), fields);
    }

    boolean isCall() {
        return op.startsWith("H_") || op.equals("RTAS");
    }

    /** The effect of a call that follows: whoever makes that call has it, too. */
    boolean isEffect() {
        return Boolean.TRUE.equals(all.get("in_rtas"));
    }

    /** Argument {@code number}, 0 if the call has fewer. */
    long arg(int number) {
        return number < args.length ? args[number] : 0;
    }

    /** Entries that an H_STUFF_TCE, H_PUT_TCE or H_PUT_TCE_INDIRECT writes. */
    long entries() {
        return op.equals("H_PUT_TCE") ? 1 : arg(3);
    }

    /** The first entry that a call stores. */
    long firstEntry() {
        return op.equals("H_PUT_TCE_INDIRECT") ? list.length > 0 ? list[0] : 0 : arg(2);
    }

    /** A field with a number. */
    long field(String name) {
        return JsonLine.number(all.getOrDefault(name, 0L));
    }

    private static long[] numbers(Map<String, Object> fields, String name) {
        return fields.get(name) instanceof java.util.List<?> values ? values.stream().mapToLong(JsonLine::number).toArray() : NONE;
    }
}
