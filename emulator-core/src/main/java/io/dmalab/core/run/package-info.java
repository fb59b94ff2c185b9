/** Requests and results: of one run, of a comparison or study, of an exploration; tokens that run them again. */
@API(status = API.Status.MAINTAINED, since = "0.1")
package io.dmalab.core.run;

import org.apiguardian.api.API;
