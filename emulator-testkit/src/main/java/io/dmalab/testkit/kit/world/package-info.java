/** The small machine in which the kit tries extensions, and how a check's own code gets into it. */
package io.dmalab.testkit.kit.world;
