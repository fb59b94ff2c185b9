package org.example.keeptables;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extensions;
import io.dmalab.api.policy.*;

/** Does not free a table that still has entries: late unmaps find it, marked dead, and clear their bit in it. */
public final class KeepTables implements EmulatorPlugin, FreePolicy {
    @Override public String id() { return "example-keep-tables"; }

    @Override public String summary() { return "An example: tables in use are kept, not freed"; }

    @Override public void register(Extensions extensions) {
        extensions.add(FreePolicy.class, "keep-tables", KeepTables.class, "keeps a table that is still in use, for ever");
    }

    @Override public Verdict releaseTable(TableRelease table) {
        if (!table.inUse()) {
            return Verdict.PROCEED;
        }
        table.markDead();
        return new Verdict.Keep(table.used() + " entries still mapped");
    }
}
