/**
 * The device side of one machine's kernel: device tree and its reconfiguration chain (drivers/of), notifier chains
 * (kernel/notifier.c), driver core (drivers/base), and the DMA API with its ledger (kernel/dma). Stands on {@link
 * io.dmalab.api.kernel.Kernel} alone.
 */
package io.dmalab.core.device;
