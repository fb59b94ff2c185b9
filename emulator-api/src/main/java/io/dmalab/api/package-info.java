/** What a plugin begins with: its entry point, the extensions it registers, the annotations its classes bear. */
@API(status = API.Status.MAINTAINED, since = "0.1")
package io.dmalab.api;

import org.apiguardian.api.API;
