/** Recorded traces turned into scenarios: what lived how long, when packets came, when the device was taken away. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
package io.dmalab.core.imported;

import org.apiguardian.api.API;
