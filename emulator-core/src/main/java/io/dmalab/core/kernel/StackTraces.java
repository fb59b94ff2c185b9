package io.dmalab.core.kernel;

import io.dmalab.api.KernelFunction;
import java.lang.StackWalker.StackFrame;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The running Java call stack under kernel names: the frames whose method bears {@link KernelFunction}. For slow paths only. */
final class StackTraces {
    /** The stack walker is a capability of this class and holds no state; sharing it between machines is safe. */
    private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    /** Annotated methods of a class. A pure function of the class, therefore shared between machines. */
    private static final ClassValue<Annotated> ANNOTATED = new ClassValue<>() {
        @Override
        protected Annotated computeValue(Class<?> type) {
            return Annotated.of(type);
        }
    };

    /**
     * The annotated methods of one class: those whose name no other method of the class has by name, since asking a stack frame for
     * its descriptor is slow; the others by name and descriptor.
     */
    private record Annotated(Map<String, Frame> byName, Map<String, Frame> byDescriptor) {
        static Annotated of(Class<?> type) {
            Map<String, Integer> uses = new LinkedHashMap<>();
            Method[] methods = type.getDeclaredMethods();
            for (Method method : methods) {
                uses.merge(method.getName(), 1, Integer::sum);
            }
            Map<String, Frame> byName = new LinkedHashMap<>();
            Map<String, Frame> byDescriptor = new LinkedHashMap<>();
            for (Method method : methods) {
                KernelFunction function = method.getAnnotation(KernelFunction.class);
                // javac copies the annotation to the bridge that makes a method of a hidden superclass accessible: it is no call of its own
                if (function == null || method.isBridge()) {
                    continue;
                }
                Frame frame = new Frame(function.value(), function.module());
                if (uses.get(method.getName()) == 1) {
                    byName.put(method.getName(), frame);
                } else {
                    MethodType descriptor = MethodType.methodType(method.getReturnType(), method.getParameterTypes());
                    byDescriptor.put(method.getName() + descriptor.toMethodDescriptorString(), frame);
                }
            }
            return new Annotated(Map.copyOf(byName), Map.copyOf(byDescriptor));
        }

        Frame find(StackFrame frame) {
            Frame found = byName.get(frame.getMethodName());
            return found != null || byDescriptor.isEmpty() ? found : byDescriptor.get(frame.getMethodName() + frame.getDescriptor());
        }
    }

    private StackTraces() {}

    /**
     * A kernel function on the stack.
     *
     * @param module kernel module that holds it, empty for built-in code
     */
    record Frame(String symbol, String module) {}

    /** The whole stack, innermost function first. */
    static List<Frame> capture() {
        return WALKER.walk(frames -> frames.map(StackTraces::translate).filter(Objects::nonNull).toList());
    }

    /** The whole stack as names, innermost first. */
    static List<String> functions() {
        return names(capture());
    }

    static List<String> names(List<Frame> frames) {
        return frames.stream().map(Frame::symbol).toList();
    }

    /** The innermost kernel function, or {@code fallback} if none is on the stack. */
    static String innermost(String fallback) {
        Optional<Frame> frame = WALKER.walk(frames -> frames.map(StackTraces::translate).filter(Objects::nonNull).findFirst());
        return frame.map(Frame::symbol).orElse(fallback);
    }

    private static Frame translate(StackFrame frame) {
        return ANNOTATED.get(frame.getDeclaringClass()).find(frame);
    }
}
