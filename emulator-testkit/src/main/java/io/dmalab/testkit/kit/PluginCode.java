package io.dmalab.testkit.kit;

import io.dmalab.core.plugin.Ban;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.reflect.AccessFlag;
import java.net.URL;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The compiled classes that an extension is made of: its own and what they refer to, as far as that comes from the same jar or folder. What
 * they refer to is read from their constant pools, so that no class is loaded.
 */
final class PluginCode {
    /** What a class refers to. @param from the class */
    record Reference(String from, Ban.Member member) {
        @Override
        public String toString() {
            return from + " uses " + member;
        }
    }

    private final ClassLoader loader;
    private final String root;
    private final Map<String, ClassModel> classes = new TreeMap<>();

    private PluginCode(Class<?> start) {
        this.loader = start.getClassLoader();
        String file = file(start.getName().replace('.', '/'));
        URL url = loader.getResource(file);
        if (url == null) {
            throw new IllegalStateException("the class file of " + start.getName() + " cannot be found");
        }
        String place = url.toString();
        this.root = place.substring(0, place.length() - file.length());
        collect(start.getName().replace('.', '/'));
    }

    static PluginCode of(Class<?> start) {
        return new PluginCode(start);
    }

    private static String file(String name) {
        return name + ".class";
    }

    private void collect(String start) {
        Deque<String> open = new ArrayDeque<>(List.of(start));
        while (!open.isEmpty()) {
            String name = open.pop();
            if (classes.containsKey(name) || !isOwn(name)) {
                continue;
            }
            ClassModel model = read(name);
            classes.put(name, model);
            for (PoolEntry entry : model.constantPool()) {
                if (entry instanceof ClassEntry type && !type.asInternalName().startsWith("[")) {
                    open.push(type.asInternalName());
                }
            }
        }
    }

    private boolean isOwn(String name) {
        if (name.startsWith("java/")) {
            return false;
        }
        URL url = loader.getResource(file(name));
        return url != null && url.toString().equals(root + file(name));
    }

    private ClassModel read(String name) {
        try (InputStream in = loader.getResourceAsStream(file(name))) {
            return ClassFile.of().parse(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Number of classes that were looked at. */
    int size() {
        return classes.size();
    }

    /** Every member that some class refers to. */
    List<Reference> references() {
        List<Reference> references = new ArrayList<>();
        classes.forEach((name, model) -> {
            for (PoolEntry entry : model.constantPool()) {
                if (entry instanceof MemberRefEntry member) {
                    references.add(new Reference(name.replace('/', '.'), Ban.Member.of(member.owner().asInternalName(),
                            member.name().stringValue(), member.type().stringValue())));
                }
            }
        });
        return references;
    }

    /** Static fields that are not final, compiler-made ones left out: {@code class.field}. */
    List<String> statics() {
        List<String> statics = new ArrayList<>();
        classes.forEach((name, model) -> model.fields().stream()
                .filter(field -> field.flags().has(AccessFlag.STATIC) && !field.flags().has(AccessFlag.FINAL)
                        && !field.flags().has(AccessFlag.SYNTHETIC))
                .forEach(field -> statics.add(name.replace('/', '.') + "." + field.fieldName().stringValue())));
        return statics;
    }
}
