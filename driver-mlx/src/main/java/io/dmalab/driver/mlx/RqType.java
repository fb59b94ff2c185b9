package io.dmalab.driver.mlx;

/** How receive buffers are posted. */
public enum RqType {
    /** Multi-packet WQEs of 256 KiB that packets fill stride by stride (MLX5_WQ_TYPE_LINKED_LIST_STRIDING_RQ). */
    STRIDING,
    /** One WQE per packet in a ring (MLX5_WQ_TYPE_CYCLIC). */
    CYCLIC
}
