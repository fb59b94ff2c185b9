package io.dmalab.core.random;

import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.kernel.RandomStreams;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.time.StreamDigest;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The named streams of one machine: each is seeded by the run's seed and its own name, so that a new stream never shifts another. A stream
 * belongs to the module or jar that asks for it first: another one that drew from it would shift what that one draws.
 */
public final class Streams implements RandomStreams {
    private static final StackWalker CALLERS = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
    private static final Module JAVA = Object.class.getModule();

    private final long seed;
    private final Map<String, Owned> streams = new TreeMap<>();

    private record Owned(Class<?> owner, Xoshiro stream) {}

    public Streams(long seed) {
        this.seed = seed;
    }

    /** @throws IllegalStateException if it belongs to another module or jar than the caller */
    @Override
    public RandomStream stream(String name) {
        Class<?> caller = caller(CALLERS.getCallerClass());
        Owned owned = streams.computeIfAbsent(name, n -> new Owned(caller, new Xoshiro(Xoshiro.splitMix(seed) ^ StreamDigest.hash(n))));
        if (!together(owned.owner, caller)) {
            throw new IllegalStateException("random stream '" + name + "' is that of " + owned.owner.getName() + ", and " + caller.getName()
                    + " of another plugin must not draw from it: name one of its own");
        }
        return owned.stream;
    }

    /** @param direct who called, which may be the JDK with a plugin's method reference: then whoever passed that */
    private static Class<?> caller(Class<?> direct) {
        if (direct.getModule() != JAVA) {
            return direct;
        }
        return CALLERS.walk(frames -> frames.<Class<?>>map(StackWalker.StackFrame::getDeclaringClass)
                .filter(type -> type != Streams.class && type.getModule() != JAVA).findFirst().orElse(Streams.class));
    }

    /** Of one module; on the class path, of one jar or folder. */
    private static boolean together(Class<?> one, Class<?> other) {
        return one == other || one.getModule() == other.getModule() && (one.getModule().isNamed()
                || Objects.equals(one.getProtectionDomain().getCodeSource(), other.getProtectionDomain().getCodeSource()));
    }

    /**
     * Digest of the numbers drawn so far: equal where the same streams have been drawn from equally often. A stream that was only asked for
     * does not count: whoever makes it ready, and never draws, has changed nothing. Nor does a policy's own: what it draws for itself changes
     * nobody else's numbers.
     */
    public long drawn() {
        StreamDigest digest = new StreamDigest();
        streams.forEach((name, owned) -> {
            if (owned.stream.drawn() && !FreePolicy.class.isAssignableFrom(owned.owner)) {
                digest.mixText(name);
                owned.stream.mixInto(digest);
            }
        });
        return digest.value();
    }
}
