package ${package};

import io.dmalab.testkit.kit.FreePolicyKit;

/** What dmalab expects of every policy. */
class PolicyKitTest extends FreePolicyKit {
    PolicyKitTest() {
        super("${artifactId}");
    }
}
