/** The kernel's own trace points that the model emits or that traces are read for: names, fields and layouts by kernel version. */
@API(status = API.Status.MAINTAINED, since = "0.1")
package io.dmalab.api.tracepoint;

import org.apiguardian.api.API;
