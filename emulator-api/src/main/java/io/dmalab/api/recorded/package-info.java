/** What the events of a recorded trace mean, so that a scenario can be made of them. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
package io.dmalab.api.recorded;

import org.apiguardian.api.API;
