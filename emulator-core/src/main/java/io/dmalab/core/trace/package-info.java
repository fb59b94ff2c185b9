/** The kernel's trace text (/sys/kernel/tracing/trace, trace-cmd report): written from a run's events, and read back as events. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
package io.dmalab.core.trace;

import org.apiguardian.api.API;
