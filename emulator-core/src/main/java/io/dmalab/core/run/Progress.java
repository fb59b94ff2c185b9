package io.dmalab.core.run;

/** Told about finished runs, from the thread that finished them; calls may overlap. */
@FunctionalInterface
public interface Progress {
    Progress NONE = (done, total) -> {};

    void finished(int done, int total);
}
