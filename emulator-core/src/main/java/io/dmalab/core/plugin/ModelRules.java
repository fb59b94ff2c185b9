package io.dmalab.core.plugin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks in the class files of a plugin for what would make two runs of one seed differ and what the core cannot see while they run:
 * randomness from elsewhere than the machine's streams, the user's clock, threads. A library inside the plugin's jar may well use these; whether
 * they reach the model is for the author to say. The whole list of what model code must not use is docs/determinism.md.
 */
public final class ModelRules {
    /**
     * What must not be called.
     *
     * @param owners  classes; one that ends in a dot stands for a package and those below it
     * @param methods empty for all of them
     */
    private record Ban(String what, String instead, List<String> owners, List<String> methods) {
        boolean covers(String owner, String method) {
            return owners.stream().anyMatch(name -> name.endsWith(".") ? owner.startsWith(name) : owner.equals(name))
                    && (methods.isEmpty() || methods.contains(method));
        }
    }

    private static final String THREADS = "threads";
    private static final String STREAM = "draw from Kernel.random().stream(\"what it is for\")";
    private static final String CLOCK = "use Kernel.clock().now()";
    private static final String TASK = "use Scheduler.spawn, Kernel.locks(), Completion or a Workqueue";
    private static final List<Ban> BANS = List.of(
            new Ban("randomness that is not the seed's", STREAM, List.of("java.util.Random", "java.util.SplittableRandom",
                    "java.util.concurrent.ThreadLocalRandom", "java.security.SecureRandom", "java.util.random.RandomGenerator"), List.of()),
            new Ban("randomness that is not the seed's", STREAM, List.of("java.lang.Math", "java.lang.StrictMath"), List.of("random")),
            new Ban("randomness that is not the seed's", STREAM, List.of("java.util.UUID"), List.of("randomUUID")),
            new Ban("randomness that is not the seed's", STREAM, List.of("java.util.Collections"), List.of("shuffle")),
            new Ban("the user's clock", CLOCK, List.of("java.lang.System"), List.of("nanoTime", "currentTimeMillis")),
            new Ban("the user's clock", CLOCK, List.of("java.time."), List.of("now")),
            new Ban(THREADS, TASK, List.of("java.lang.Thread", "java.lang.Thread$Builder$OfPlatform", "java.lang.Thread$Builder$OfVirtual"),
                    List.of("<init>", "start", "startVirtualThread", "ofVirtual", "ofPlatform", "sleep")),
            new Ban(THREADS, TASK, List.of("java.util.concurrent.Executors", "java.util.concurrent.ForkJoinPool",
                    "java.util.concurrent.CompletableFuture", "java.util.Timer"), List.of()),
            new Ban(THREADS, TASK, List.of("java.util.Collection", "java.util.stream.Stream", "java.util.stream.IntStream",
                    "java.util.stream.LongStream", "java.util.List"), List.of("parallelStream", "parallel")));

    /**
     * What a method uses that it must not.
     *
     * @param method  class and method of the plugin
     * @param uses    class and method that it calls
     * @param what    kind of it, in words
     * @param instead what to write
     */
    public record Breach(String pluginId, String method, String uses, String what, String instead) {
        /** {@code plugin dice: dice.Dice.releaseTable uses java.lang.Math.random, randomness that is not the seed's}. */
        @Override
        public String toString() {
            return "plugin " + pluginId + ": " + method + " uses " + uses + ", " + what;
        }
    }

    private final String plugin;
    private final Set<Breach> breaches = new LinkedHashSet<>();

    private ModelRules(String plugin) {
        this.plugin = plugin;
    }

    /** Of all classes that come with the plugin, in order of name. Of the core's own plugin none: what loads and reports is beside it. */
    public static List<Breach> breaches(LoadedPlugin plugin) {
        if (Origin.uri(plugin.type()).equals(Origin.uri(ModelRules.class))) {
            return List.of();
        }
        ModelRules rules = new ModelRules(plugin.id());
        try {
            ClassFiles.of(plugin.type(), rules::look);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(rules.breaches);
    }

    /** The plugin's methods that make threads. */
    public static List<String> threadMakers(LoadedPlugin plugin) {
        return breaches(plugin).stream().filter(breach -> breach.what().equals(THREADS) && !breach.uses().endsWith(".sleep"))
                .map(Breach::method).distinct().toList();
    }

    private void look(String name, ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        ClassModel type = ClassFile.of().parse(copy);
        for (MethodModel method : type.methods()) {
            method.code().ifPresent(code -> code.forEach(element -> {
                if (element instanceof InvokeInstruction call) {
                    look(dotted(type.thisClass().asInternalName()) + "." + method.methodName().stringValue()
                            .replaceFirst("^lambda\\$(.+)\\$[0-9]+$", "$1"), dotted(call.owner().asInternalName()), call.name().stringValue());
                }
            }));
        }
    }

    private void look(String method, String owner, String called) {
        Optional<Ban> ban = BANS.stream().filter(b -> b.covers(owner, called)).findFirst();
        ban.ifPresent(b -> breaches.add(new Breach(plugin, method, owner + "." + called, b.what, b.instead)));
    }

    private static String dotted(String internal) {
        return internal.replace('/', '.');
    }
}
