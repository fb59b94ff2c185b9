/** dmalab as a library: {@link io.dmalab.core.Emulator} loads the plugins, runs machines, compares policies, explores interleavings. */
@API(status = API.Status.MAINTAINED, since = "0.1")
package io.dmalab.core;

import org.apiguardian.api.API;
