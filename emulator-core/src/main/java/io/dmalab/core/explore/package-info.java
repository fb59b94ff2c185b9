/** Which interleavings an exploration looks at, and the schedules it finds. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
package io.dmalab.core.explore;

import org.apiguardian.api.API;
