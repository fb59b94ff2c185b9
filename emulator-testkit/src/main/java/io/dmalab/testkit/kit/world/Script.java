package io.dmalab.testkit.kit.world;

/** What a check does inside a machine, as a task of its own. What it throws ends the run and comes out of it. */
@FunctionalInterface
public interface Script {
    void run(Bench bench);
}
