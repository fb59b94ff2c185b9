/** Where a policy has a say in a removal, and what it may answer. */
@API(status = API.Status.MAINTAINED, since = "0.1")
package io.dmalab.api.policy;

import org.apiguardian.api.API;
