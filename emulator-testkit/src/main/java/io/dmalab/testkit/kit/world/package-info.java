/** The small machine in which the kit tries extensions, and how a check's own code gets into it. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
package io.dmalab.testkit.kit.world;

import org.apiguardian.api.API;
