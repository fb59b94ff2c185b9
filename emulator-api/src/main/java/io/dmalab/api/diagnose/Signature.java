package io.dmalab.api.diagnose;

import java.util.List;

/**
 * Recognises a class of known failures in a kernel log. Registered like every extension, under the id of what it recognises; it has a
 * constructor without parameters and needs no machine.
 *
 * <p>One instance reads one log, on one thread. A log may have any length, so an instance keeps the first of a kind and counts the rest.
 * Between the lines of one report there may be lines of others; an item that means nothing to the signature is passed over.
 */
public interface Signature {
    /**
     * The next item, in the order of the log's lines with one exception: a {@link CallTrace} is given when its end has been seen, by which
     * time lines behind it may have been given. Its place is that of its first line.
     */
    void see(LogItem item);

    /** After the last item: what was recognised, in order of first appearance; empty if nothing was. */
    List<Diagnosis> diagnoses();
}
