/** Devices, drivers, platforms and hotplug: what is plugged in, what is told of it, what a timeline can do to it. */
@API(status = API.Status.MAINTAINED, since = "0.1")
package io.dmalab.api.device;

import org.apiguardian.api.API;
