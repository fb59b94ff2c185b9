package io.dmalab.driver.mlx;

import io.dmalab.api.KernelFunction;
import io.dmalab.driver.mlx.hardware.ChannelPort;
import io.dmalab.netstack.PagePoolException;
import java.util.ArrayList;
import java.util.List;

/** One generation of channels with the parameters they were opened for (struct mlx5e_channels, en_main.c, v6.14). */
final class Channels {
    private final Mdev mdev;
    private final RingParams params;
    private final List<Channel> list = new ArrayList<>();

    Channels(Mdev mdev, RingParams params) {
        this.mdev = mdev;
        this.params = params;
    }

    RingParams params() {
        return params;
    }

    List<Channel> list() {
        return list;
    }

    /** @throws MlxException or PagePoolException if a channel cannot be opened; those opened so far are closed again */
    @KernelFunction(value = "mlx5e_open_channels", module = "mlx5_core")
    void open() {
        RingLayout layout = params.layout(mdev.kernel().pages().pageShift());
        try {
            for (int i = 0; i < params.channels(); i++) {
                openChannel(layout, i);
            }
        } catch (MlxException | PagePoolException e) {
            close();
            throw e;
        }
    }

    @KernelFunction(value = "mlx5e_open_channel", module = "mlx5_core")
    private void openChannel(RingLayout layout, int index) {
        Channel channel = new Channel(mdev, params, layout, index);
        list.add(channel);
        channel.open();
    }

    @KernelFunction(value = "mlx5e_activate_channels", module = "mlx5_core")
    void activate() {
        list.forEach(Channel::activate);
    }

    /** False if some receive queue did not get its minimum of buffers in time. */
    boolean waitForMinRxWqes() {
        boolean filled = true;
        for (Channel channel : list) {
            filled &= channel.rq().waitForMinRxWqes();
        }
        return filled;
    }

    @KernelFunction(value = "mlx5e_deactivate_channels", module = "mlx5_core")
    void deactivate() {
        list.forEach(Channel::deactivate);
    }

    @KernelFunction(value = "mlx5e_close_channels", module = "mlx5_core")
    void close() {
        list.forEach(Channel::close);
        list.clear();
    }

    ChannelPort[] ports() {
        return list.stream().map(Channel::port).toArray(ChannelPort[]::new);
    }
}
