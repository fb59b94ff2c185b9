package io.dmalab.driver.mlx;

import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.kernel.Kernel;

/**
 * A ring or mailbox in coherent DMA memory (alloc.c: mlx5_frag_buf_alloc_node).
 *
 * @param address DMA address
 * @param bytes   size as allocated
 */
record CoherentBuffer(Device device, long address, long bytes) {
    /** @throws MlxException with ENOMEM. Task context. */
    static CoherentBuffer alloc(Kernel kernel, Device device, long bytes) {
        long address = kernel.dma().allocCoherent(device, bytes);
        if (address == DmaApi.MAPPING_ERROR) {
            throw new MlxException(MlxException.ENOMEM, bytes + " bytes of coherent memory");
        }
        return new CoherentBuffer(device, address, bytes);
    }

    /** Task context. */
    void free(Kernel kernel) {
        kernel.dma().freeCoherent(device, address, bytes);
    }
}
