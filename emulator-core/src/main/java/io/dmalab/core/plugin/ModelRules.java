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
import java.util.Set;

/**
 * Looks in the class files of a plugin for what would make two runs of one seed differ and what the core cannot see while they run:
 * randomness from elsewhere than the machine's streams, the wall clock, threads. A library inside the plugin's jar may well use these; whether
 * they reach the model is for the author to say. The whole list of what model code must not use is {@link Ban}.
 */
public final class ModelRules {
    /**
     * What a method uses that it must not.
     *
     * @param method class and method of the plugin
     * @param uses   what it calls
     */
    public record Breach(String pluginId, String method, Ban.Member uses, Ban ban) {
        /** {@code plugin dice: dice.Dice.releaseTable uses java.lang.Math.random, randomness that is not the seed's}. */
        @Override
        public String toString() {
            return "plugin " + pluginId + ": " + method + " uses " + uses + ", " + ban;
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
        return breaches(plugin).stream().filter(breach -> breach.ban() == Ban.THREADS && !breach.uses().name().equals("sleep"))
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
                                    .replaceFirst("^lambda\\$(.+)\\$[0-9]+$", "$1"),
                            Ban.Member.of(call.owner().asInternalName(), call.name().stringValue(), call.type().stringValue()));
                }
            }));
        }
    }

    private void look(String method, Ban.Member called) {
        for (Ban ban : Ban.values()) {
            if (ban.alsoInLibraries(called)) {
                breaches.add(new Breach(plugin, method, called, ban));
                return;
            }
        }
    }

    private static String dotted(String internal) {
        return internal.replace('/', '.');
    }
}
