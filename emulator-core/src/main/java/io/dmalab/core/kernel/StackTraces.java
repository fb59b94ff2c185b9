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

    /** Annotated methods of a class, by name and descriptor. A pure function of the class, therefore shared between machines. */
    private static final ClassValue<Map<String, Frame>> ANNOTATED = new ClassValue<>() {
        @Override
        protected Map<String, Frame> computeValue(Class<?> type) {
            Map<String, Frame> frames = new LinkedHashMap<>();
            for (Method method : type.getDeclaredMethods()) {
                KernelFunction function = method.getAnnotation(KernelFunction.class);
                if (function != null) {
                    MethodType descriptor = MethodType.methodType(method.getReturnType(), method.getParameterTypes());
                    frames.put(method.getName() + descriptor.toMethodDescriptorString(),
                            new Frame(function.value(), function.module()));
                }
            }
            return Map.copyOf(frames);
        }
    };

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
        Map<String, Frame> annotated = ANNOTATED.get(frame.getDeclaringClass());
        return annotated.isEmpty() ? null : annotated.get(frame.getMethodName() + frame.getDescriptor());
    }
}
