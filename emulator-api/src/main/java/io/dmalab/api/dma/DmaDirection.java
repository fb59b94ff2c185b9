package io.dmalab.api.dma;

/** Direction of a DMA mapping. */
public enum DmaDirection {
    BIDIRECTIONAL, TO_DEVICE, FROM_DEVICE, NONE
}
