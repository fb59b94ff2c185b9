package io.dmalab.platform.pseries.window;

import io.dmalab.api.device.DeviceNode;

/**
 * struct dma_win: an entry of dma_win_list.
 *
 * @param node   the node that carries the record; no reference is taken
 * @param record what the record property says
 * @param direct RAM is mapped in it for good
 */
public record DmaWindow(DeviceNode node, WindowRecord record, boolean direct) {}
