package io.dmalab.testkit.kit;

import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/** Gives the checks of one extension what they share, and says in front of a failure which rule was broken, and where it is stated. */
public final class KitExtension implements BeforeEachCallback, TestExecutionExceptionHandler {
    public KitExtension() {}

    @Override
    public void beforeEach(ExtensionContext context) {
        ExtensionContext extension = context.getParent().orElseThrow();
        PluginKit<?> kit = kit(context);
        kit.share(extension.getStore(Namespace.create(KitExtension.class)).getOrComputeIfAbsent(context.getRequiredTestClass(),
                type -> new Shared(), Shared.class));
        kit.requireRegistered();
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        Check check = context.getRequiredTestMethod().getAnnotation(Check.class);
        if (check == null || failure instanceof TestAbortedException) {
            throw failure;
        }
        throw new AssertionError(kit(context).name() + " breaks the rule: " + check.rule() + "\n(stated at " + check.stated() + ")\n"
                + failure, failure);
    }

    private static PluginKit<?> kit(ExtensionContext context) {
        return (PluginKit<?>) context.getRequiredTestInstance();
    }
}
