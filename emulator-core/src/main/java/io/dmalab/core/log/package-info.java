/** Reads kernel logs: line forms, stacks, trace events, and what the loaded signatures recognise in them. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
package io.dmalab.core.log;

import org.apiguardian.api.API;
