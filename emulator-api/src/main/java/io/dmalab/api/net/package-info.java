/** Who keeps received buffers, and what traffic there is. */
@API(status = API.Status.MAINTAINED, since = "0.1")
package io.dmalab.api.net;

import org.apiguardian.api.API;
