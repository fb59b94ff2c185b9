package io.dmalab.testkit.kit;

import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.Workload;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.policy.FreePolicy;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which check each extension of {@link BrokenPlugin} must fail: one; but a driver that maps after its remove, into a table that is gone,
 * also unmaps too late and uses freed memory.
 */
record BrokenRules(Class<?> spi, String id, Set<String> checks) {
    private static final List<BrokenRules> ALL = List.of(
            of(FreePolicy.class, "wall-clock", "readsNoWallClock"),
            of(FreePolicy.class, "hash-order", "usesNoHashOrder"),
            of(FreePolicy.class, "collector", "usesNoCollectorsInHashOrder"),
            of(FreePolicy.class, "identity", "usesNoAddresses"),
            of(FreePolicy.class, "dice", "usesNoForeignRandomness"),
            of(FreePolicy.class, "logarithm", "usesStrictMath"),
            of(FreePolicy.class, "thread", "usesNoThreads"),
            of(FreePolicy.class, "locale", "ignoresItsSurroundings"),
            of(FreePolicy.class, "static-count", "hasNoChangingStatics"),
            of(FreePolicy.class, "hidden-state", "sameSeedSameDigest"),
            of(FreePolicy.class, "full-stop", "hasASummary"),
            of(FreePolicy.class, "undocumented", "optionsAreDocumented"),
            of(FreePolicy.class, "arrogant", "survivesExtremeNumbers"),
            of(FreePolicy.class, "sleepy", "nobodySleepsInAtomicContext"),
            of(FreePolicy.class, "twice-plan", "noStepIsPlannedTwice"),
            of(FreePolicy.class, "fickle-plan", "thePlanStays"),
            of(FreePolicy.class, "fickle-watch", "standingAnswersStay"),
            of(FreePolicy.class, "late-refusal", "verdictsFitTheirHooks"),
            of(FreePolicy.class, "wordless", "refusesInWords"),
            of(FreePolicy.class, "endless", "removalsEnd"),
            of(FreePolicy.class, "idle-staller", "anIdleInterfaceGoes"),
            of(FreePolicy.class, "dropper", "withoutARemovalNothingHappens"),
            of(FreePolicy.class, "negative", "memoryIsNotNegative"),
            of(FreePolicy.class, "no-such-backend", "theBackendExists"),
            of(FreePolicy.class, "gambler", "theHistoryIsTheSame"),
            of(FreePolicy.class, "lock-keeper", "stallsInWords"),
            of(DmaAllocator.class, "overlapping", "rangesNeverOverlap"),
            of(DmaAllocator.class, "forgetful", "theBooksAreRight"),
            of(DmaAllocator.class, "maskless", "masksAreKept"),
            of(DmaAllocator.class, "crooked", "alignmentIsKept"),
            of(DmaAllocator.class, "boundless", "boundariesAreKept"),
            of(DmaAllocator.class, "lock-leaker", "locksAreBalanced"),
            of(DmaAllocator.class, "memory-leaker", "releaseFreesTheMemory"),
            of(IommuBackend.class, "stale-tlb", "whatIsUnmappedFaults"),
            of(IommuBackend.class, "offsetless", "offsetsAreKept"),
            of(IommuBackend.class, "one-way", "everyDirectionWorks"),
            of(HotplugNotifier.class, "vetoing", "whatIsToldIsNotRefused"),
            of(HotplugNotifier.class, "restless", "thePriorityStays"),
            of(DeviceDriver.class, "map-leaker", "nothingStaysMapped"),
            of(DeviceDriver.class, "late-mapper", "mapsNothingAfterRemove", "unmapsNothingAfterRemove", "noFreedMemoryIsUsed"),
            of(DeviceDriver.class, "clinging", "referencesAreGivenBack"),
            of(DeviceDriver.class, "page-leaker", "pagesAreGivenBack"),
            of(DeviceDriver.class, "nameless", "hasAName"),
            of(BufferHolder.class, "twice", "nothingIsFreedTwice"),
            of(BufferHolder.class, "lossy", "noPacketIsForgotten"),
            of(BufferHolder.class, "boaster", "countsWhatItHas"),
            of(BufferHolder.class, "meddler", "foreignEventsChangeNothing"),
            of(BufferHolder.class, "silent", "saysWhy"),
            of(Workload.class, "back-in-time", "timesNeverDecrease"),
            of(Workload.class, "early-bird", "nothingComesBeforeTheStart"),
            of(Workload.class, "restarter", "onlyTheFirstStartCounts"),
            of(Workload.class, "empty-packets", "packetsHaveBytes"),
            of(Workload.class, "frozen", "timeGoesOn"),
            of(Workload.class, "revenant", "theEndIsTheEnd"),
            of(Observer.class, "emitter", "doesNotChangeTheDigest"),
            of(Observer.class, "counter", "doesNotChangeTheResult"));

    private static BrokenRules of(Class<?> spi, String id, String... checks) {
        return new BrokenRules(spi, id, new TreeSet<>(List.of(checks)));
    }

    static List<BrokenRules> all() {
        return ALL;
    }

    static Stream<String> ids(Class<?> spi) {
        return ALL.stream().filter(broken -> broken.spi() == spi).map(BrokenRules::id);
    }

    @Override
    public String toString() {
        return spi.getSimpleName() + " " + id;
    }
}
