package io.dmalab.api.diagnose;

/** What a log is made of. Prefixes (time stamps, host names, quoting, colours) are gone from every text. */
public sealed interface LogItem permits Message, Complaint, CallTrace, TraceEvent {
    /** Where it is in the log; for what spans several lines, where it begins. */
    Place place();
}
