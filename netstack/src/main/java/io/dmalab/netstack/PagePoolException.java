package io.dmalab.netstack;

/** page_pool_create returned an error pointer. */
public final class PagePoolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    PagePoolException(int errno) {
        super("page_pool_create: errno " + errno);
        this.errno = errno;
    }

    /** Positive errno: 22 EINVAL, 7 E2BIG. */
    public int errno() {
        return errno;
    }
}
