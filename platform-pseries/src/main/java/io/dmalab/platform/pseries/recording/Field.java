package io.dmalab.platform.pseries.recording;

/** A field of a line that means something to a replay; the others are read over. */
enum Field {
    SEQ("seq", Kind.NUMBER),
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
    PERM("perm", Kind.NUMBER);

    enum Kind { NUMBER, NUMBERS, WORD, FLAG }

    final String key;
    final Kind kind;

    Field(String key, Kind kind) {
        this.key = key;
        this.kind = kind;
    }
}
