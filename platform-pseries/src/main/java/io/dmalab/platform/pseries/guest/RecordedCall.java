package io.dmalab.platform.pseries.guest;

import java.util.Arrays;

/** One line of a recording, as {@link CallReader} leaves it: one object for the whole file, overwritten by each line. */
final class RecordedCall {
    private static final int WORDS_MAX = 32;
    static final int LIST_MAX = 512;

    long sequence;
    long line;
    String operation = "";
    /** Name of an RTAS call. */
    String call = "";
    long token;
    int inputs;
    int outputs;
    final long[] args = new long[WORDS_MAX];
    int argCount;
    long hcallCode;
    long code;
    final long[] out = new long[WORDS_MAX];
    int outCount;
    final long[] list = new long[LIST_MAX];
    int listCount;
    long connector;
    String nodeName = "";
    long nodeLength;
    boolean effect;
    long liobn;
    long start;
    long pageShift;
    long entries;
    long buid;
    long busAddress;
    long physical;
    long permission;

    /** Before the next line is read into it. */
    void clear() {
        operation = "";
        call = "";
        token = 0;
        inputs = 0;
        outputs = 0;
        Arrays.fill(args, 0, argCount, 0);
        argCount = 0;
        hcallCode = 0;
        code = 0;
        outCount = 0;
        listCount = 0;
        connector = 0;
        nodeName = "";
        nodeLength = 0;
        effect = false;
    }

    boolean isEvent() {
        return operation.startsWith("EV_");
    }

    /** Entry {@code index} of an indirect call's list; 0 where the recording has none. */
    long entry(int index) {
        return index < listCount ? list[index] : 0;
    }
}
