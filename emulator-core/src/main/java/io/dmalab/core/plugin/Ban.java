package io.dmalab.core.plugin;

import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What model code must not use, why, and what to write instead: the one list of it, from which the table of docs/determinism.md is made. Three
 * places look for it, which differ on purpose: a test of dmalab's own looks for all of it in the compiled model; the compatibility kit for all
 * of it in the classes that an extension is made of; {@link ModelRules} in whatever comes with a plugin's jar, where a library may well read a
 * property, and so only for what is marked {@linkplain #alsoInLibraries} here.
 */
public enum Ban {
    HASH_ORDER("collections in hash order", "their order follows hash codes, and hash codes of objects follow addresses",
            "use LinkedHashMap, LinkedHashSet, TreeMap, ArrayList or an array",
            in("java.util.HashMap", "java.util.HashSet", "java.util.Hashtable", "java.util.IdentityHashMap", "java.util.WeakHashMap",
                    "java.util.concurrent.ConcurrentHashMap").calls("<init>")),
    COLLECTORS("collectors in hash order", "so does that of the maps and sets that they make",
            "use the form that takes a map supplier (LinkedHashMap::new, TreeMap::new), or toList",
            in("java.util.stream.Collectors").calls("toSet", "toUnmodifiableSet", "toUnmodifiableMap"),
            in("java.util.stream.Collectors").calls("toMap").upTo(3),
            in("java.util.stream.Collectors").calls("groupingBy").upTo(2)),
    ADDRESSES("addresses of objects", "they differ from run to run", "give the object a number from a counter of the machine",
            in("java.lang.System").calls("identityHashCode")),
    WALL_CLOCK("the wall clock", "time is the machine's", "use Kernel.clock().now()",
            in("java.lang.System").calls("nanoTime", "currentTimeMillis").inLibrariesToo(),
            in("java.time.").calls("now").inLibrariesToo(),
            in("java.time.Clock").calls("system", "systemUTC", "systemDefaultZone").inLibrariesToo(),
            in("java.util.Date")),
    RANDOMNESS("randomness that is not the seed's", "it is not part of the seed", "use Kernel.random().stream(\"what it is for\")",
            in("java.util.Random", "java.util.SplittableRandom", "java.util.concurrent.ThreadLocalRandom", "java.security.SecureRandom",
                    "java.util.random.RandomGenerator").inLibrariesToo(),
            in("java.lang.Math", "java.lang.StrictMath").calls("random").inLibrariesToo(),
            in("java.util.UUID").calls("randomUUID").inLibrariesToo(),
            in("java.util.Collections").calls("shuffle").inLibrariesToo()),
    LAST_BIT("functions whose last bit may differ", "between machines, and between interpreter and compiler",
            "use StrictMath; min, max, abs, round, floor, ceil, sqrt, rint, fma and the exact ones are fine",
            in("java.lang.Math").calls("sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "exp", "expm1", "log",
                    "log10", "log1p", "pow", "cbrt", "hypot")),
    THREADS("threads", "a machine is single-threaded; a foreign thread's timing would decide",
            "use Scheduler.spawn, Kernel.locks(), Completion or a Workqueue",
            in("java.lang.Thread", "java.lang.Thread$Builder$OfPlatform", "java.lang.Thread$Builder$OfVirtual")
                    .calls("<init>", "start", "startVirtualThread", "ofVirtual", "ofPlatform", "sleep").inLibrariesToo(),
            in("java.util.concurrent.Executors", "java.util.concurrent.ForkJoinPool", "java.util.concurrent.CompletableFuture",
                    "java.util.Timer").inLibrariesToo(),
            in("java.").calls("parallel", "parallelStream").inLibrariesToo(),
            in("java.lang.Thread", "java.lang.ThreadLocal", "java.util.concurrent."),
            in("java.lang.Object").calls("wait", "notify", "notifyAll")),
    SURROUNDINGS("the user's locale, charset, zone and environment", "they are not the scenario's",
            "use the form with Locale.ROOT or StandardCharsets.UTF_8, or make it an option of the extension",
            in("java.lang.String").calls("format").notWith("java.util.Locale"),
            in("java.lang.String").calls("formatted"),
            in("java.lang.String").calls("toLowerCase", "toUpperCase", "getBytes").upTo(0),
            in("java.util.Locale", "java.util.TimeZone").calls("getDefault"),
            in("java.nio.charset.Charset").calls("defaultCharset"),
            in("java.time.ZoneId").calls("systemDefault"),
            in("java.lang.System").calls("getenv", "getProperty"));

    private final String what;
    private final String why;
    private final String instead;
    private final List<Use> uses;

    Ban(String what, String why, String instead, Use... uses) {
        this.what = what;
        this.why = why;
        this.instead = instead;
        this.uses = List.of(uses);
    }

    /**
     * A method or field that a class refers to.
     *
     * @param owner      binary name of its class
     * @param name       {@code <init>} for a constructor
     * @param parameters their types by name, without packages
     */
    public record Member(String owner, String name, List<String> parameters) {
        /** From what class files have: internal name of the owner, and a descriptor. */
        public static Member of(String internalOwner, String name, String descriptor) {
            List<String> parameters = descriptor.startsWith("(")
                    ? MethodTypeDesc.ofDescriptor(descriptor).parameterList().stream().map(ClassDesc::displayName).toList() : List.of();
            return new Member(internalOwner.replace('/', '.'), name, parameters);
        }

        @Override
        public String toString() {
            return owner + "." + name;
        }
    }

    /** What it is, in words. */
    public String what() {
        return what;
    }

    /** What to write. */
    public String instead() {
        return instead;
    }

    public boolean covers(Member member) {
        return uses.stream().anyMatch(use -> use.covers(member));
    }

    /** Whether it is as suspicious where a library that comes with a plugin does it. */
    public boolean alsoInLibraries(Member member) {
        return uses.stream().anyMatch(use -> use.inLibraries && use.covers(member));
    }

    /** Its row in the table of docs/determinism.md: what, which members, why, what to write. A star marks what libraries are asked for too. */
    public String row() {
        return "| " + String.join(" | ", what, uses.stream().map(Use::toString).collect(Collectors.joining("; ")), why, instead) + " |";
    }

    @Override
    public String toString() {
        return what;
    }

    private static Use in(String... owners) {
        return new Use(List.of(owners), List.of(), Integer.MAX_VALUE, "", false);
    }

    /**
     * One form of using it.
     *
     * @param owners      classes; one that ends in a dot stands for a package and those below it
     * @param names       of members, empty for all of them
     * @param parameters  at most so many of them
     * @param first       type of the first parameter that makes it right, empty if none does
     * @param inLibraries it is looked for in the libraries of a plugin too
     */
    private record Use(List<String> owners, List<String> names, int parameters, String first, boolean inLibraries) {
        Use calls(String... newNames) {
            return new Use(owners, List.of(newNames), parameters, first, inLibraries);
        }

        Use upTo(int newParameters) {
            return new Use(owners, names, newParameters, first, inLibraries);
        }

        Use notWith(String newFirst) {
            return new Use(owners, names, parameters, newFirst, inLibraries);
        }

        Use inLibrariesToo() {
            return new Use(owners, names, parameters, first, true);
        }

        boolean covers(Member member) {
            return owners.stream().anyMatch(name -> name.endsWith(".") ? member.owner.startsWith(name) : member.owner.equals(name))
                    && (names.isEmpty() || names.contains(member.name))
                    && member.parameters.size() <= parameters
                    && (first.isEmpty() || member.parameters.isEmpty() || !member.parameters.getFirst().equals(simple(first)));
        }

        @Override
        public String toString() {
            String form = parameters == Integer.MAX_VALUE ? "" : parameters == 0 ? " without parameters" : " with up to " + parameters + " parameters";
            String right = first.isEmpty() ? "" : " without a " + simple(first);
            return members() + form + right + (inLibraries ? " \\*" : "");
        }

        private String members() {
            List<String> types = owners.stream().map(Use::simple).toList();
            if (names.isEmpty()) {
                return "all of " + quoted(types.stream());
            }
            if (names.equals(List.of("<init>"))) {
                return quoted(types.stream().map(type -> "new " + type));
            }
            Stream<String> members = names.stream().map(name -> name.replace("<init>", "new"));
            return types.size() > 1 || types.getFirst().endsWith("*") ? quoted(members) + " of " + quoted(types.stream())
                    : quoted(members.map(member -> types.getFirst() + "." + member));
        }

        private static String quoted(Stream<String> names) {
            return names.map(name -> "`" + name + "`").collect(Collectors.joining(", "));
        }

        /** Packages keep their names. */
        private static String simple(String name) {
            return name.endsWith(".") ? name + "*" : name.substring(name.lastIndexOf('.') + 1).replace('$', '.');
        }
    }
}
