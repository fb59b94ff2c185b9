/** Profiles of kernels and hypervisors as sets of properties that bear their meaning and source. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
package io.dmalab.api.profile;

import org.apiguardian.api.API;
