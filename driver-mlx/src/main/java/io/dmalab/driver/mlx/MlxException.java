package io.dmalab.driver.mlx;

/** A step of probe or open failed; whoever catches it undoes the steps before. */
final class MlxException extends RuntimeException {
    static final int EIO = 5;
    static final int ENOMEM = 12;
    static final int ENODEV = 19;
    static final int EINVAL = 22;

    private static final long serialVersionUID = 1L;

    private final int errno;

    /** @param errno positive */
    MlxException(int errno, String message) {
        super(message);
        this.errno = errno;
    }

    /** Positive. */
    int errno() {
        return errno;
    }
}
