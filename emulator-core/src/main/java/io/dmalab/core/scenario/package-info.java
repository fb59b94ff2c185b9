/** Scenarios as they are written, and what is wrong with them. */
@API(status = API.Status.MAINTAINED, since = "0.1")
package io.dmalab.core.scenario;

import org.apiguardian.api.API;
