package io.dmalab.testkit;

import io.dmalab.core.Emulator;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Scenario;
import io.dmalab.core.scenario.ScenarioReader;
import io.dmalab.core.scenario.Setting;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * What a test runs, and how one gets at its scenario outside the test.
 *
 * @param request the scenario with what the test sets in it
 * @param kind    where the scenario comes from
 * @param name    id, path, resource or method
 */
record Origin(RunRequest request, Kind kind, String name) {
    /** Where a scenario comes from. */
    enum Kind { LIBRARY, FILE, RESOURCE, CODE }

    private static final String RESOURCE = "classpath:";

    /** @throws BadInput if there is no such scenario, or it cannot be used */
    static Origin of(ExtensionContext context, Emulator emulator, String scenario, String from, String[] settings) {
        String place = place(context);
        if (scenario.isEmpty() == from.isEmpty()) {
            throw BadInput.of(place, from.isEmpty() ? "no scenario is given" : "scenario and scenarioFrom are both given",
                    "give either scenario = \"...\" or scenarioFrom = \"...\"");
        }
        Origin origin = from.isEmpty() ? named(context, emulator, scenario)
                : new Origin(emulator.request(made(context, from)), Kind.CODE, from);
        RunRequest request = origin.request;
        for (String setting : settings) {
            request = request.withSetting(Setting.parse(setting, place + ", set"));
        }
        return new Origin(request, origin.kind, origin.name);
    }

    /** A request for each policy; for the scenario's own if none is named. @throws BadInput if one cannot be run */
    static List<RunRequest> each(Emulator emulator, RunRequest request, String[] policies) {
        List<RunRequest> requests = policies.length == 0 ? List.of(request) : Arrays.stream(policies).map(request::withPolicy).toList();
        requests.forEach(emulator::check);
        return requests;
    }

    /** {@code RemovalTest.legacy}, for messages. */
    static String place(ExtensionContext context) {
        return context.getRequiredTestClass().getSimpleName() + "." + context.getRequiredTestMethod().getName();
    }

    private static Origin named(ExtensionContext context, Emulator emulator, String scenario) {
        if (scenario.startsWith(RESOURCE)) {
            String name = scenario.substring(RESOURCE.length());
            return new Origin(emulator.request(ScenarioReader.read(resource(context, name), name)), Kind.RESOURCE, name);
        }
        boolean file = scenario.contains("/") || scenario.contains("\\") || scenario.endsWith(".yaml") || scenario.endsWith(".yml");
        return new Origin(emulator.request(scenario), file ? Kind.FILE : Kind.LIBRARY, scenario);
    }

    private static String resource(ExtensionContext context, String name) {
        Class<?> test = context.getRequiredTestClass();
        try (InputStream in = test.getResourceAsStream(name)) {
            if (in == null) {
                throw BadInput.of(RESOURCE + name, "no such resource", "name one as " + test.getSimpleName()
                        + ".class.getResource does: with a leading / from the root, without from the test's package");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Scenario made(ExtensionContext context, String from) {
        int hash = from.indexOf('#');
        Class<?> owner = hash < 0 ? context.getRequiredTestClass() : ReflectionSupport.tryToLoadClass(from.substring(0, hash))
                .getOrThrow(e -> unusable(context, from, "there is no class " + from.substring(0, hash)));
        Method method = ReflectionSupport.findMethod(owner, from.substring(hash + 1)).orElseThrow(() -> unusable(context, from,
                owner.getSimpleName() + " has no method " + from.substring(hash + 1) + "()"));
        if (!Modifier.isStatic(method.getModifiers()) || method.getReturnType() != Scenario.class) {
            throw unusable(context, from, "the method is not static, or does not return a Scenario");
        }
        return (Scenario) ReflectionSupport.invokeMethod(method, null);
    }

    private static BadInput unusable(ExtensionContext context, String from, String what) {
        return BadInput.of(place(context) + ", scenarioFrom = \"" + from + "\"", what,
                "name a method such as 'static Scenario slowReader()', or CLASS#METHOD");
    }

    /** How a token is replayed from a command line. */
    String replay(Object token) {
        String command = "dmalab replay " + token;
        return switch (kind) {
            case LIBRARY -> command;
            case FILE -> command + " --scenario " + name;
            case RESOURCE, CODE -> command + " --scenario FILE, which is to hold:\n" + request.scenario().text();
        };
    }
}
