package io.dmalab.cli;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Grade;
import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.PolicySummary;
import io.dmalab.core.run.Proportion;
import io.dmalab.core.run.Study;
import io.dmalab.core.run.StudyPlan;
import io.dmalab.core.scenario.Configured;
import io.dmalab.core.scenario.Scenario;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * A study as the XML that build servers read: a suite for each scenario, and in it a case for each policy and each thing the scenario
 * expects of it: that a kind is found, and that nothing else is. Of a policy that the scenario says nothing about, no forbidden outcome
 * is expected.
 */
final class JUnitXml {
    private record Case(String name, Optional<String> failure) {}

    private JUnitXml() {}

    static String text(StudyPlan plan, Study study) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            start(xml, 0, "testsuites");
            for (Comparison comparison : study.comparisons()) {
                suite(xml, comparison, scenario(plan, comparison));
            }
            end(xml, 0);
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
        return text + "\n";
    }

    private static Scenario scenario(StudyPlan plan, Comparison comparison) {
        return plan.points().stream().map(point -> point.contenders().getFirst().request().scenario())
                .filter(scenario -> scenario.id().equals(comparison.scenario())).findFirst().orElseThrow();
    }

    private static void suite(XMLStreamWriter xml, Comparison comparison, Scenario scenario) throws XMLStreamException {
        List<Case> cases = new ArrayList<>();
        comparison.policies().forEach(policy -> cases.addAll(cases(policy, scenario.expect())));
        start(xml, 1, "testsuite");
        xml.writeAttribute("name", comparison.title());
        xml.writeAttribute("tests", Integer.toString(cases.size() + comparison.leftOut().size()));
        xml.writeAttribute("failures", Long.toString(cases.stream().filter(c -> c.failure().isPresent()).count()));
        xml.writeAttribute("errors", "0");
        xml.writeAttribute("skipped", Integer.toString(comparison.leftOut().size()));
        for (Case one : cases) {
            start(xml, 2, "testcase");
            xml.writeAttribute("classname", comparison.title());
            xml.writeAttribute("name", one.name());
            if (one.failure().isPresent()) {
                start(xml, 3, "failure");
                xml.writeAttribute("message", one.failure().get());
                xml.writeEndElement();
                end(xml, 2);
            } else {
                xml.writeEndElement();
            }
        }
        for (Map.Entry<String, String> out : comparison.leftOut().entrySet()) {
            start(xml, 2, "testcase");
            xml.writeAttribute("classname", comparison.title());
            xml.writeAttribute("name", out.getKey());
            start(xml, 3, "skipped");
            xml.writeAttribute("message", out.getValue());
            xml.writeEndElement();
            end(xml, 2);
        }
        end(xml, 1);
    }

    private static List<Case> cases(PolicySummary policy, Map<String, List<FindingKind>> expect) {
        List<FindingKind> expected = expect.getOrDefault(policy.command(), expect.get(Configured.parse(policy.command(), "policy").id()));
        if (expected == null) {
            Proportion forbidden = policy.worst(Grade.FORBIDDEN);
            return List.of(new Case(policy.policy() + ": no forbidden outcome", forbidden.hits() == 0 ? Optional.empty()
                    : Optional.of(of(forbidden) + ": " + list(policy.kinds().stream().filter(kind -> kind.grade() == Grade.FORBIDDEN)
                            .toList()))));
        }
        List<Case> cases = new ArrayList<>();
        for (FindingKind kind : expected) {
            Proportion found = policy.found(kind);
            cases.add(new Case(policy.policy() + ": " + kind, found.hits() == found.runs() ? Optional.empty() : Optional.of("found in "
                    + of(found))));
        }
        List<FindingKind> others = policy.kinds().stream().filter(kind -> !expected.contains(kind)).toList();
        cases.add(new Case(policy.policy() + ": nothing " + (expected.isEmpty() ? "is found" : "else"), others.isEmpty() ? Optional.empty()
                : Optional.of("also found: " + list(others) + " (" + of(policy.found(others.getFirst())) + ")")));
        return cases;
    }

    private static String list(List<FindingKind> kinds) {
        return String.join(", ", kinds.stream().map(FindingKind::toString).toList());
    }

    private static String of(Proportion p) {
        return String.format(Locale.ROOT, "%d of %d runs", p.hits(), p.runs());
    }

    private static void start(XMLStreamWriter xml, int depth, String name) throws XMLStreamException {
        xml.writeCharacters("\n" + "  ".repeat(depth));
        xml.writeStartElement(name);
    }

    private static void end(XMLStreamWriter xml, int depth) throws XMLStreamException {
        xml.writeCharacters("\n" + "  ".repeat(depth));
        xml.writeEndElement();
    }
}
