/** Which waits a machine has, how long they last, and which is to fit into which. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
package io.dmalab.api.timeout;

import org.apiguardian.api.API;
