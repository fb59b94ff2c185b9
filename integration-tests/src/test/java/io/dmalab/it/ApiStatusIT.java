package io.dmalab.it;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.apiguardian.api.API;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever builds on dmalab can see of each type how long it will stay as it is. */
class ApiStatusIT {
    @ParameterizedTest
    @ValueSource(strings = {"io.dmalab.api", "io.dmalab.core", "io.dmalab.testkit"})
    @DisplayName("every exported type has an @API status, of its own or its package's")
    void everyExportedTypeHasAStatus(String module) throws Exception {
        Path place = place(module);
        Set<String> exported = ModuleFinder.of(place).find(module).orElseThrow().descriptor().exports().stream()
                .filter(exports -> !exports.isQualified()).map(ModuleDescriptor.Exports::source).collect(Collectors.toSet());
        classes().that(new DescribedPredicate<JavaClass>("are exported") {
            @Override
            public boolean test(JavaClass type) {
                return exported.contains(type.getPackageName()) && type.isTopLevelClass()
                        && type.getModifiers().contains(JavaModifier.PUBLIC);
            }
        }).should(new ArchCondition<JavaClass>("have an @API status") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean status = type.isAnnotatedWith(API.class) || type.getPackage().isAnnotatedWith(API.class);
                events.add(new SimpleConditionEvent(type, status, type.getName() + (status ? " has" : " has no")
                        + " @API status: annotate it, or its package in package-info.java"));
            }
        }).allowEmptyShould(true).check(new ClassFileImporter().importPath(place));
    }

    /** Jar or folder of a module whose first package bears its name; that package has a descriptor, whatever else is in it. */
    private static Path place(String module) throws ClassNotFoundException, URISyntaxException {
        return Path.of(Class.forName(module + ".package-info").getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
