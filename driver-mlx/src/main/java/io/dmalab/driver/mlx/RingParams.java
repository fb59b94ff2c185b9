package io.dmalab.driver.mlx;

/**
 * What a generation of channels is opened for (struct mlx5e_params); every change reopens the channels.
 *
 * @param channels at least 1
 * @param logRx    log2 of the receive ring in packets
 * @param logTx    log2 of the send ring in blocks
 * @param mtu      bytes
 */
record RingParams(int channels, int logRx, int logTx, RqType rqType, int mtu) {
    private static final int DEFAULT_CHANNELS = 8;

    static RingParams of(MlxOptions options, int cpus) {
        int channels = options.channels() > 0 ? options.channels() : Math.min(cpus, DEFAULT_CHANNELS);
        return new RingParams(channels, log2(options.rx()), log2(options.tx()), options.rqType(), options.mtu());
    }

    RingLayout layout(int pageShift) {
        return new RingLayout(rqType, pageShift, logRx, mtu);
    }

    /** Ring sizes as ethtool sets them: powers of two. */
    RingParams withRings(int rx, int tx) {
        return new RingParams(channels, log2(rx), log2(tx), rqType, mtu);
    }

    RingParams withChannels(int count) {
        return new RingParams(count, logRx, logTx, rqType, mtu);
    }

    RingParams withMtu(int bytes) {
        return new RingParams(channels, logRx, logTx, rqType, bytes);
    }

    private static int log2(int powerOfTwo) {
        return Integer.numberOfTrailingZeros(powerOfTwo);
    }
}
