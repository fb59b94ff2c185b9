package io.dmalab.testkit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.opentest4j.TestAbortedException;

/** One invocation of a test: what it can ask for by type, made when it does. */
abstract class Invocation implements TestTemplateInvocationContext, ParameterResolver, TestExecutionExceptionHandler {
    private final String name;
    private final Map<Class<?>, Supplier<?>> offers = new LinkedHashMap<>();
    private final Map<Class<?>, Object> made = new LinkedHashMap<>();

    Invocation(String name) {
        this.name = name;
    }

    /** Offers an object, which is made once at most. */
    final <T> void offer(Class<T> type, Supplier<T> maker) {
        offers.put(type, maker);
    }

    /** What is offered of that type. */
    final <T> T get(Class<T> type) {
        Object known = made.get(type);
        if (known == null) {
            known = offers.get(type).get();
            made.put(type, known);
        }
        return type.cast(known);
    }

    final boolean isMade(Class<?> type) {
        return made.containsKey(type);
    }

    /** Commands that show again what the test has looked at; empty if it has not looked at anything yet. */
    abstract List<String> replays();

    @Override
    public String getDisplayName(int index) {
        return "[" + index + "] " + name;
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
        return List.of(this);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return offers.containsKey(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return get(parameter.getParameter().getType());
    }

    /** Whatever the test failed with says how to see it again. */
    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        if (!(failure instanceof TestAbortedException)) {
            String said = String.valueOf(failure.getMessage());
            replays().stream().filter(command -> !said.contains(command))
                    .forEach(command -> failure.addSuppressed(new ReplayHint(command)));
        }
        throw failure;
    }
}
