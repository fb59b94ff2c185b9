/**
 * The emulated kernel: clock, contexts, tasks, locks, workqueues, timers, printk, memory and its lifetime checker, pages, trace. Exported
 * for the command line alone; a plugin sees it as {@link io.dmalab.api.kernel}.
 */
@API(status = API.Status.INTERNAL, since = "0.1")
package io.dmalab.core.kernel;

import org.apiguardian.api.API;
