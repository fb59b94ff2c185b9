/** Observers that make sense of the lives of mappings, pages and objects: counts over time, life stories, who holds what. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
package io.dmalab.core.life;

import org.apiguardian.api.API;
