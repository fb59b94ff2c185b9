/** Options of extensions: records of annotated components, and the value types they may have. */
@API(status = API.Status.MAINTAINED, since = "0.1")
package io.dmalab.api.config;

import org.apiguardian.api.API;
