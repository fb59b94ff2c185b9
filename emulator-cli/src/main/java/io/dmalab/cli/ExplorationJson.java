package io.dmalab.cli;

import io.dmalab.core.explore.Coverage;
import io.dmalab.core.explore.Step;
import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.Violation;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Explorations for machines. */
final class ExplorationJson {
    private ExplorationJson() {}

    /** @param requests one for each exploration, or more */
    static ObjectNode of(List<RunRequest> requests, List<Exploration> explorations) {
        ObjectNode node = Json.object("exploration");
        ArrayNode all = node.putArray("explorations");
        for (int i = 0; i < explorations.size(); i++) {
            exploration(all.addObject(), requests.get(i), explorations.get(i));
        }
        return node;
    }

    private static void exploration(ObjectNode node, RunRequest request, Exploration exploration) {
        node.put("scenario", exploration.scenario()).put("policy", exploration.policy()).put("verdict", exploration.verdict().name());
        node.put("guarantee", exploration.guarantee()).put("notSeen", exploration.missing());
        node.put("executions", exploration.executions()).put("cutOff", exploration.cut()).put("steps", exploration.steps())
                .put("longestSteps", exploration.longest()).put("wallNanos", exploration.nanos());
        node.put("horizonNanos", request.scenario().exploration().horizon().nanos());
        exploration.coverage().ifPresent(seen -> coverage(node.putObject("coverage"), seen));
        exploration.estimate().ifPresent(estimate -> node.putObject("estimate").put("done", estimate.done()).put("total", estimate.total()));
        node.put("furtherExecutions", exploration.further());
        ArrayNode violations = node.putArray("violations");
        exploration.violations().forEach(violation -> violation(violations.addObject(), exploration, violation));
    }

    private static void coverage(ObjectNode node, Coverage seen) {
        numbers(node, seen).put("symmetric", seen.symmetric());
        seen.apart().ifPresent(apart -> numbers(node.putObject("apart"), apart));
    }

    private static ObjectNode numbers(ObjectNode node, Coverage seen) {
        return node.put("states", seen.states()).put("harmful", seen.harmful()).put("transitions", seen.transitions());
    }

    private static void violation(ObjectNode node, Exploration exploration, Violation violation) {
        Json.finding(node.putObject("finding"), violation.finding());
        node.put("execution", violation.execution()).put("switches", violation.switches())
                .put("shortness", violation.shortness().name());
        violation.token().ifPresent(token -> node.put("replay", token.toString()));
        ArrayNode steps = node.putArray("steps");
        for (Step step : violation.steps()) {
            steps.addObject().put("context", exploration.names().contextName(step.context()))
                    .put("path", exploration.names().path(step.context())).put("cpu", step.cpu()).put("function", step.function()).put("action", step.action());
        }
        ArrayNode diagram = node.putArray("diagram");
        exploration.diagram(violation).forEach(diagram::add);
    }
}
