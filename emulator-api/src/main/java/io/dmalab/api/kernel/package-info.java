/** Services of the emulated kernel: clock, contexts, locks, workqueues, timers, printk, memory and pages, trace, findings. */
@API(status = API.Status.MAINTAINED, since = "0.1")
package io.dmalab.api.kernel;

import org.apiguardian.api.API;
