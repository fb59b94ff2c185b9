package io.dmalab.api.kernel;

import io.dmalab.api.kernel.KernelProfile.TceLayout;

/** Makes a {@link KernelProfile}: a new one, or a copy with changes. */
public final class KernelProfileBuilder {
    private String id = "";
    private String release = "";
    private String version = "";
    private boolean kdumpLoaded;
    private String taint = "";
    private int taintFlags;
    private boolean dumpShowsUid;
    private TceLayout tceLayout = TceLayout.UPSTREAM;
    private boolean poolWarningHasId;
    private boolean poolWarningMuted;
    private boolean poolTracksMappings;
    private boolean poolPinsDevice;
    private boolean poolRingClamped;
    private boolean poolStopsAtNegative;
    private boolean msleepExtraTick;
    private boolean ddwAnyMaskOver32;
    private boolean ddwReservesPages;
    private boolean ddwQueriedAtAdd;
    private boolean dlparTakesDt;
    private boolean dmaTraceEvents;
    private boolean unbindClearsDmaOps;
    private String kasanPrefix = "";
    private boolean kasanNamesVmalloc;

    KernelProfileBuilder() {}

    KernelProfileBuilder(KernelProfile from) {
        id = from.id();
        release = from.release();
        version = from.version();
        kdumpLoaded = from.kdumpLoaded();
        taint = from.taint();
        taintFlags = from.taintFlags();
        dumpShowsUid = from.dumpShowsUid();
        tceLayout = from.tceLayout();
        poolWarningHasId = from.poolWarningHasId();
        poolWarningMuted = from.poolWarningMuted();
        poolTracksMappings = from.poolTracksMappings();
        poolPinsDevice = from.poolPinsDevice();
        poolRingClamped = from.poolRingClamped();
        poolStopsAtNegative = from.poolStopsAtNegative();
        msleepExtraTick = from.msleepExtraTick();
        ddwAnyMaskOver32 = from.ddwAnyMaskOver32();
        ddwReservesPages = from.ddwReservesPages();
        ddwQueriedAtAdd = from.ddwQueriedAtAdd();
        dlparTakesDt = from.dlparTakesDt();
        dmaTraceEvents = from.dmaTraceEvents();
        unbindClearsDmaOps = from.unbindClearsDmaOps();
        kasanPrefix = from.kasanPrefix();
        kasanNamesVmalloc = from.kasanNamesVmalloc();
    }

    public KernelProfile build() {
        return new KernelProfile(id, release, version, kdumpLoaded, taint, taintFlags, dumpShowsUid, tceLayout,
                poolWarningHasId, poolWarningMuted, poolTracksMappings, poolPinsDevice, poolRingClamped,
                poolStopsAtNegative, msleepExtraTick, ddwAnyMaskOver32, ddwReservesPages, ddwQueriedAtAdd,
                dlparTakesDt, dmaTraceEvents, unbindClearsDmaOps, kasanPrefix, kasanNamesVmalloc);
    }

    public KernelProfileBuilder id(String value) {
        id = value;
        return this;
    }

    public KernelProfileBuilder release(String value) {
        release = value;
        return this;
    }

    public KernelProfileBuilder version(String value) {
        version = value;
        return this;
    }

    public KernelProfileBuilder kdumpLoaded(boolean value) {
        kdumpLoaded = value;
        return this;
    }

    public KernelProfileBuilder taint(String value) {
        taint = value;
        return this;
    }

    public KernelProfileBuilder taintFlags(int value) {
        taintFlags = value;
        return this;
    }

    public KernelProfileBuilder dumpShowsUid(boolean value) {
        dumpShowsUid = value;
        return this;
    }

    public KernelProfileBuilder tceLayout(TceLayout value) {
        tceLayout = value;
        return this;
    }

    public KernelProfileBuilder poolWarningHasId(boolean value) {
        poolWarningHasId = value;
        return this;
    }

    public KernelProfileBuilder poolWarningMuted(boolean value) {
        poolWarningMuted = value;
        return this;
    }

    public KernelProfileBuilder poolTracksMappings(boolean value) {
        poolTracksMappings = value;
        return this;
    }

    public KernelProfileBuilder poolPinsDevice(boolean value) {
        poolPinsDevice = value;
        return this;
    }

    public KernelProfileBuilder poolRingClamped(boolean value) {
        poolRingClamped = value;
        return this;
    }

    public KernelProfileBuilder poolStopsAtNegative(boolean value) {
        poolStopsAtNegative = value;
        return this;
    }

    public KernelProfileBuilder msleepExtraTick(boolean value) {
        msleepExtraTick = value;
        return this;
    }

    public KernelProfileBuilder ddwAnyMaskOver32(boolean value) {
        ddwAnyMaskOver32 = value;
        return this;
    }

    public KernelProfileBuilder ddwReservesPages(boolean value) {
        ddwReservesPages = value;
        return this;
    }

    public KernelProfileBuilder ddwQueriedAtAdd(boolean value) {
        ddwQueriedAtAdd = value;
        return this;
    }

    public KernelProfileBuilder dlparTakesDt(boolean value) {
        dlparTakesDt = value;
        return this;
    }

    public KernelProfileBuilder dmaTraceEvents(boolean value) {
        dmaTraceEvents = value;
        return this;
    }

    public KernelProfileBuilder unbindClearsDmaOps(boolean value) {
        unbindClearsDmaOps = value;
        return this;
    }

    public KernelProfileBuilder kasanPrefix(String value) {
        kasanPrefix = value;
        return this;
    }

    public KernelProfileBuilder kasanNamesVmalloc(boolean value) {
        kasanNamesVmalloc = value;
        return this;
    }
}
