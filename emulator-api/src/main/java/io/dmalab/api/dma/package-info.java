/** The DMA API as drivers see it, and the SPIs below it: IOMMU backends and allocators of DMA addresses. */
@API(status = API.Status.MAINTAINED, since = "0.1")
package io.dmalab.api.dma;

import org.apiguardian.api.API;
