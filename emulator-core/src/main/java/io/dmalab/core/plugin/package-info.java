/** The loaded plugins, their extensions, and what is wrong with those that could not be loaded. */
@API(status = API.Status.MAINTAINED, since = "0.1")
package io.dmalab.core.plugin;

import org.apiguardian.api.API;
