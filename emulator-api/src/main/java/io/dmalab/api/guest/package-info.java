/** Conformance of a platform to recordings of real machines: the hypervisor's answers, and the calls that a guest kernel makes. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
package io.dmalab.api.guest;

import org.apiguardian.api.API;
