package io.dmalab.core.run;

import io.dmalab.api.observe.FindingRecord;
import io.dmalab.core.explore.Sampling.Shape;
import io.dmalab.core.explore.Step;
import java.util.BitSet;
import java.util.List;

/**
 * What one execution of an exploration came to.
 *
 * @param end      why it ended
 * @param steps    who did what, in order
 * @param findings those that are looked for
 */
record Outcome(String end, List<Step> steps, List<FindingRecord> findings) {
    Shape shape() {
        BitSet contexts = new BitSet();
        steps.forEach(step -> contexts.set(step.context()));
        return new Shape(steps.size(), contexts.cardinality());
    }
}
