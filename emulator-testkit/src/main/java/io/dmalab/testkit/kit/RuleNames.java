package io.dmalab.testkit.kit;

import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGenerator;

/** Shows a check as the rule it stands for. */
public final class RuleNames extends DisplayNameGenerator.Standard {
    public RuleNames() {}

    @Override
    public String generateDisplayNameForMethod(List<Class<?>> enclosing, Class<?> type, Method method) {
        Check check = method.getAnnotation(Check.class);
        return check == null ? super.generateDisplayNameForMethod(enclosing, type, method) : check.rule();
    }
}
