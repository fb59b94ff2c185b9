/** What an observer of a machine is told: trace events, log lines, findings, lives of mappings, pages and objects. */
@API(status = API.Status.MAINTAINED, since = "0.1")
package io.dmalab.api.observe;

import org.apiguardian.api.API;
