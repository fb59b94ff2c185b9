package io.dmalab.testkit.kit;

import io.dmalab.testkit.kit.PluginCode.Reference;
import java.util.List;
import java.util.function.Predicate;

/** One row of the list of banned things in docs/determinism.md. */
enum Ban {
    HASH_ORDER("collections in hash order", Ban::hashOrder, "use LinkedHashMap, LinkedHashSet, TreeMap, ArrayList or an array"),
    COLLECTORS("collectors in hash order", Ban::collector, "use the form that takes a map supplier, or toList"),
    ADDRESSES("addresses of objects", r -> owner(r, "java/lang/System") && named(r, "identityHashCode"),
            "give the object a number from a counter of the machine"),
    WALL_CLOCK("the wall clock", r -> owner(r, "java/lang/System") && named(r, "nanoTime", "currentTimeMillis")
            || r.owner().startsWith("java/time/") && named(r, "now") || owner(r, "java/util/Date"), "use Kernel.clock().now()"),
    RANDOMNESS("randomness that is not the seed's", Ban::randomness, "use Kernel.random().stream(\"what it is for\")"),
    LAST_BIT("functions whose last bit may differ", r -> owner(r, "java/lang/Math") && named(r, "sin", "cos", "tan", "asin", "acos", "atan",
            "atan2", "sinh", "cosh", "tanh", "exp", "expm1", "log", "log10", "log1p", "pow", "cbrt", "hypot"), "use StrictMath"),
    THREADS("threads", Ban::threads, "use Scheduler.spawn, Kernel.locks(), Completion or a Workqueue"),
    SURROUNDINGS("the user's locale, charset, zone and environment", Ban::surroundings,
            "use the form with Locale.ROOT or StandardCharsets.UTF_8, or make it an option of the extension");

    private final String what;
    private final Predicate<Reference> test;
    private final String instead;

    Ban(String what, Predicate<Reference> test, String instead) {
        this.what = what;
        this.test = test;
        this.instead = instead;
    }

    /** What to write. */
    String instead() {
        return instead;
    }

    boolean hits(Reference reference) {
        return test.test(reference);
    }

    @Override
    public String toString() {
        return what;
    }

    private static boolean hashOrder(Reference r) {
        return named(r, "<init>") && owner(r, "java/util/HashMap", "java/util/HashSet", "java/util/Hashtable", "java/util/IdentityHashMap",
                "java/util/WeakHashMap", "java/util/concurrent/ConcurrentHashMap");
    }

    private static boolean collector(Reference r) {
        return owner(r, "java/util/stream/Collectors") && (named(r, "toSet", "toUnmodifiableSet", "toUnmodifiableMap")
                || named(r, "toMap") && r.parameters() < 4 || named(r, "groupingBy") && r.parameters() < 3);
    }

    private static boolean randomness(Reference r) {
        return owner(r, "java/util/Random", "java/util/SplittableRandom", "java/util/concurrent/ThreadLocalRandom",
                "java/security/SecureRandom") || owner(r, "java/lang/Math") && named(r, "random")
                || owner(r, "java/util/UUID") && named(r, "randomUUID") || owner(r, "java/util/Collections") && named(r, "shuffle");
    }

    private static boolean threads(Reference r) {
        return owner(r, "java/lang/Thread", "java/lang/ThreadLocal")
                || r.owner().startsWith("java/util/concurrent/") && !owner(r, "java/util/concurrent/ConcurrentHashMap",
                        "java/util/concurrent/ThreadLocalRandom")
                || owner(r, "java/lang/Object") && named(r, "wait", "notify", "notifyAll") || named(r, "parallel", "parallelStream")
                && r.owner().startsWith("java/");
    }

    private static boolean surroundings(Reference r) {
        return owner(r, "java/lang/String") && (named(r, "format") && !r.descriptor().startsWith("(Ljava/util/Locale;")
                || named(r, "formatted") || named(r, "toLowerCase", "toUpperCase", "getBytes") && r.parameters() == 0)
                || owner(r, "java/util/Locale", "java/nio/charset/Charset") && named(r, "getDefault", "defaultCharset")
                || owner(r, "java/util/TimeZone", "java/time/ZoneId") && named(r, "getDefault", "systemDefault")
                || owner(r, "java/lang/System") && named(r, "getenv", "getProperty");
    }

    private static boolean owner(Reference r, String... types) {
        return List.of(types).contains(r.owner());
    }

    private static boolean named(Reference r, String... names) {
        return List.of(names).contains(r.name());
    }
}
