package io.dmalab.platform.pseries.recording;

import java.nio.charset.StandardCharsets;

/** A field of a line that means something to a replay, or that every line has; the others are read over. */
enum Field {
    SEQ("seq", Kind.NUMBER),
    T_NS("t_ns", Kind.NONE),
    CPU("cpu", Kind.NUMBER),
    OP("op", Kind.WORD),
    CALL("call", Kind.WORD),
    TOKEN("token", Kind.NUMBER),
    NARGS("nargs", Kind.NUMBER),
    NRET("nret", Kind.NUMBER),
    ARGS("args", Kind.NUMBERS),
    HRC("hrc", Kind.NUMBER),
    RC("rc", Kind.NUMBER),
    OUT("out", Kind.NUMBERS),
    LIST("list", Kind.NUMBERS),
    DRC("drc", Kind.NUMBER),
    WA_NAME("wa_name", Kind.WORD),
    WA_LEN("wa_len", Kind.NUMBER),
    IN_RTAS("in_rtas", Kind.FLAG),
    LIOBN("liobn", Kind.NUMBER),
    START("start", Kind.NUMBER),
    PAGE_SHIFT("page_shift", Kind.NUMBER),
    ENTRIES("entries", Kind.NUMBER),
    BUID("buid", Kind.NUMBER),
    IOBA("ioba", Kind.NUMBER),
    PA("pa", Kind.NUMBER),
    PERM("perm", Kind.NUMBER),
    /** Any other. Last, and without a name. */
    OTHER("", Kind.NONE);

    /** What a field's value is; of {@code NONE} nothing is kept. */
    enum Kind { NUMBER, NUMBERS, WORD, FLAG, NONE }

    final String key;
    final Kind kind;
    /** As it stands in a line. */
    final byte[] token;

    Field(String key, Kind kind) {
        this.key = key;
        this.kind = kind;
        this.token = ('"' + key + "\":").getBytes(StandardCharsets.US_ASCII);
    }
}
