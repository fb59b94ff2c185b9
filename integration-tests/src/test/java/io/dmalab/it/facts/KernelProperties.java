package io.dmalab.it.facts;

import io.dmalab.api.profile.Profile;
import io.dmalab.api.profile.Property;
import io.dmalab.core.builtin.KernelProfiles;
import io.dmalab.it.facts.NamedTests.NamedTest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * In what kernel profiles differ, and the tests of it: their display names say {@code KernelProfile.poolWarningHasId}, or
 * {@code KernelProfile.release, .version} for more than one. The two hypervisors are compared by a test of their own.
 */
final class KernelProperties {
    private static final Pattern REFERENCE = Pattern.compile("\\bKernelProfile((?:(?:, )?\\.\\w+)+)");
    private static final Pattern NAME = Pattern.compile("\\.(\\w+)");

    private KernelProperties() {}

    /** Properties that have more than one value, with what they mean. */
    static Map<String, String> different() {
        Map<String, String> first = new LinkedHashMap<>();
        Map<String, String> different = new LinkedHashMap<>();
        for (Profile profile : new KernelProfiles().profiles()) {
            for (Property property : profile.properties()) {
                String before = first.putIfAbsent(property.name(), property.value());
                if (before != null && !before.equals(property.value())) {
                    different.put(property.name(), property.meaning());
                }
            }
        }
        return different;
    }

    /** By property, also such as there is none. */
    static Map<String, List<NamedTest>> tests(List<NamedTest> all) {
        Map<String, List<NamedTest>> tests = new LinkedHashMap<>();
        for (NamedTest test : all) {
            Matcher reference = REFERENCE.matcher(test.displayName());
            while (reference.find()) {
                Matcher name = NAME.matcher(reference.group(1));
                while (name.find()) {
                    tests.computeIfAbsent(name.group(1), any -> new ArrayList<>()).add(test);
                }
            }
        }
        return tests;
    }
}
