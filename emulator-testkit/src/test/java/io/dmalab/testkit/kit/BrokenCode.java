package io.dmalab.testkit.kit;

import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.config.Option;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.EventType;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.PoolGuard;
import io.dmalab.api.policy.Verdict;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/** Policies whose code, options or words break a rule; each is a class of its own, since the kit reads what a class refers to. */
final class BrokenCode {
    private BrokenCode() {}

    static void register(Extensions extensions) {
        extensions.add(FreePolicy.class, "wall-clock", WallClock.class, "reads the wall clock");
        extensions.add(FreePolicy.class, "hash-order", HashOrder.class, "iterates a HashMap");
        extensions.add(FreePolicy.class, "collector", HashCollector.class, "collects into a HashSet");
        extensions.add(FreePolicy.class, "identity", IdentityHash.class, "asks for an address");
        extensions.add(FreePolicy.class, "dice", Dice.class, "has a Random of its own");
        extensions.add(FreePolicy.class, "logarithm", Logarithm.class, "uses Math.log");
        extensions.add(FreePolicy.class, "thread", ThreadUser.class, "starts a thread");
        extensions.add(FreePolicy.class, "locale", LocaleUser.class, "formats in the user's locale");
        extensions.add(FreePolicy.class, "static-count", StaticCount.class, "counts in a static field");
        extensions.add(FreePolicy.class, "hidden-state", HiddenState.class, "keeps state in a static array");
        extensions.add(FreePolicy.class, "full-stop", Plain.class, "Has a summary with a full stop.");
        extensions.add(Extension.of(FreePolicy.class, "undocumented", Plain.class, "has an option that nobody explains")
                .options(Undocumented.class));
        extensions.add(Extension.of(FreePolicy.class, "arrogant", Plain.class, "fails at numbers that it does not expect")
                .options(Arrogant.class));
    }

    /** Options of {@code undocumented}. */
    record Undocumented(@Option(value = "1", doc = "") int number) {}

    /** Options of {@code arrogant}. */
    record Arrogant(@Option(value = "4", doc = "table size") int size) {
        Arrogant {
            if (new int[size].length < 0) {
                throw new IllegalArgumentException("never");
            }
        }
    }
}

final class Plain implements FreePolicy {}

final class WallClock implements FreePolicy {
    private long asked;

    @Override
    public Verdict beforeRemoval(Device device) {
        asked = System.nanoTime();
        return asked == 0 ? new Verdict.WaitFor("the time is 0") : Verdict.PROCEED;
    }
}

final class HashOrder implements FreePolicy {
    private final Map<String, Device> gone = new HashMap<>();

    @Override
    public void deviceGone(Device device) {
        gone.put(device.name(), device);
    }
}

final class HashCollector implements FreePolicy {
    @Override
    public int bytesPerMappedPage() {
        return List.of(1, 2).stream().collect(Collectors.toSet()).size();
    }
}

final class IdentityHash implements FreePolicy {
    @Override
    public int bytesPerMappedPage() {
        return System.identityHashCode(this) & 0;
    }
}

final class Dice implements FreePolicy {
    @Override
    public int bytesPerMappedPage() {
        return new Random().nextInt(1);
    }
}

final class Logarithm implements FreePolicy {
    @Override
    public int bytesPerMappedPage() {
        return (int) Math.log(1);
    }
}

final class ThreadUser implements FreePolicy {
    @Override
    public void deviceGone(Device device) {
        Thread.ofPlatform().unstarted(() -> { }).start();
    }
}

final class LocaleUser implements FreePolicy {
    @Override
    public Verdict beforeRemoval(Device device) {
        return String.format("%s", device.name()).isEmpty() ? new Verdict.Refuse(16, "no name") : Verdict.PROCEED;
    }
}

final class StaticCount implements FreePolicy {
    private static int count;

    @Override
    public void deviceGone(Device device) {
        count++;
    }

    static int count() {
        return count;
    }
}

/** What the scan of the code cannot see: the field is final, what is in it changes. */
final class HiddenState implements FreePolicy {
    private static final EventType SEEN = EventType.synthetic("broken:seen", "pools=%u", "pools");
    private static final long[] POOLS = new long[1];

    private final Kernel kernel;

    @Inject
    HiddenState(Kernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public PoolGuard guardPool(Device device, int poolSize) {
        kernel.trace().emit(SEEN, ++POOLS[0]);
        return PoolGuard.NONE;
    }
}
