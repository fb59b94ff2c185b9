package io.dmalab.it.facts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.Annotation;
import java.lang.classfile.AnnotationValue;
import java.lang.classfile.Attributes;
import java.lang.classfile.AttributedElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The display names of all modules' compiled tests. From class files, where a name that the source puts together is one string. */
final class NamedTests {
    private static final String DISPLAY_NAME = "Lorg/junit/jupiter/api/DisplayName;";

    private NamedTests() {}

    /**
     * A test, or a class of tests.
     *
     * @param source below the root
     * @param type simple name of the class
     * @param method empty for a class
     */
    record NamedTest(Path source, String type, String method, String displayName) {
        @Override
        public String toString() {
            return (method.isEmpty() ? type : type + "." + method) + " \"" + displayName + '"';
        }
    }

    static List<NamedTest> below(Path root) throws IOException {
        List<NamedTest> all = new ArrayList<>();
        for (Path module : children(root)) {
            Path sources = module.resolve("src/test/java");
            if (Files.exists(module.resolve("pom.xml")) && Files.isDirectory(sources)) {
                Path classes = module.resolve("target/test-classes");
                if (!Files.isDirectory(classes)) {
                    throw new AssertionError("the tests of " + module + " are not compiled; ./build verify compiles all of them");
                }
                try (Stream<Path> files = Files.walk(classes)) {
                    files.filter(file -> file.toString().endsWith(".class")).sorted().forEach(file -> read(root, sources, file, all));
                }
            }
        }
        return all;
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.filter(Files::isDirectory).sorted().toList();
        }
    }

    private static void read(Path root, Path sources, Path file, List<NamedTest> all) {
        ClassModel type;
        try {
            type = ClassFile.of().parse(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String name = type.thisClass().asInternalName();
        Path source = sources.resolve(name.replaceFirst("[$].*", "") + ".java");
        if (!Files.exists(source)) {
            return; // left over from a test that is gone
        }
        String simple = name.substring(name.lastIndexOf('/') + 1).replace('$', '.');
        displayName(type).forEach(text -> all.add(new NamedTest(root.relativize(source), simple, "", text)));
        for (MethodModel method : type.methods()) {
            String called = method.methodName().stringValue();
            displayName(method).forEach(text -> all.add(new NamedTest(root.relativize(source), simple, called, text)));
        }
    }

    private static Stream<String> displayName(AttributedElement element) {
        return element.findAttribute(Attributes.runtimeVisibleAnnotations()).stream().flatMap(list -> list.annotations().stream())
                .filter(annotation -> annotation.className().equalsString(DISPLAY_NAME)).map(NamedTests::value);
    }

    private static String value(Annotation annotation) {
        return ((AnnotationValue.OfString) annotation.elements().getFirst().value()).stringValue();
    }
}
