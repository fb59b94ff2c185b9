package io.dmalab.driver.mlx;

import io.dmalab.api.kernel.EventType;

/**
 * The trace events of this driver; the kernel has none at these places, or has them with other fields. Data-path events come once per
 * batch, never once per packet.
 */
final class MlxEvents {
    /** A firmware command has completed. */
    static final EventType COMMAND = EventType.synthetic("mlx5:mlx5_cmd",
            "%s %s object=0x%x status=%d", "device", "opcode", "object", "status");
    /** A channel was opened, activated, deactivated or closed. */
    static final EventType CHANNEL = EventType.synthetic("mlx5:mlx5e_channel", "%s channel=%d %s", "device", "channel", "state");
    /** Receive WQEs were refilled. */
    static final EventType POST_RX = EventType.synthetic("mlx5:mlx5e_post_rx_wqes", "rqn=0x%x wqes=%d failed=%d", "rqn", "wqes", "failed");
    /** The receive descriptors of a closed queue were freed. */
    static final EventType FREE_RX = EventType.synthetic("mlx5:mlx5e_free_rx_descs", "rqn=0x%x in_progress=%d missing=%d posted=%d",
            "rqn", "in_progress", "missing", "posted");
    /** Send WQEs were completed or, at close, abandoned. */
    static final EventType FREE_TX = EventType.synthetic("mlx5:mlx5e_free_tx_descs",
            "sqn=0x%x wqes=%d mappings=%d", "sqn", "wqes", "mappings");
    /** A packet could not be sent: its mapping failed. */
    static final EventType DROP_TX = EventType.synthetic("mlx5:mlx5e_tx_dropped", "sqn=0x%x bytes=%d", "sqn", "bytes");
    /** Channels were replaced by reopened ones. */
    static final EventType SWITCH = EventType.synthetic("mlx5:mlx5e_switch_channels", "%s rx=%d tx=%d mtu=%d", "device", "rx", "tx", "mtu");

    /** A tool changed an interface's parameters. */
    static final EventType RECONFIGURE = EventType.synthetic("dmalab:reconfigure", "%s %s errno=%d", "device", "what", "errno");

    private MlxEvents() {}

    static EventType[] all() {
        return new EventType[] {COMMAND, CHANNEL, POST_RX, FREE_RX, FREE_TX, DROP_TX, SWITCH, RECONFIGURE};
    }
}
