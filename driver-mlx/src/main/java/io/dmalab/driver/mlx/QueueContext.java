package io.dmalab.driver.mlx;

/** A queue's ring in coherent memory and its context in the device (wq.c; the CREATE and DESTROY commands of en_main.c). */
final class QueueContext {
    /** Bytes of a completion queue entry, of a receive WQE, and of a block of a send queue. */
    static final long ENTRY_BYTES = 64;

    private final Mdev mdev;
    private final String kind;
    private CoherentBuffer ring;
    private int number;

    /** @param kind {@code CQ}, {@code RQ} or {@code SQ} */
    QueueContext(Mdev mdev, String kind) {
        this.mdev = mdev;
        this.kind = kind;
    }

    /** @throws MlxException with ENOMEM */
    void allocRing(int logEntries) {
        ring = CoherentBuffer.alloc(mdev.kernel(), mdev.device(), ENTRY_BYTES << logEntries);
    }

    /** @throws MlxException with EIO */
    void create() {
        number = mdev.commands().create("CREATE_" + kind);
    }

    /** Destroys the context; false if there is none. A device that does not answer does not stop the close. */
    boolean destroy() {
        if (number == 0) {
            return false;
        }
        mdev.commands().exec("DESTROY_" + kind, number);
        return true;
    }

    /** Frees the ring, if there is one. */
    void freeRing() {
        if (ring != null) {
            ring.free(mdev.kernel());
            ring = null;
        }
    }

    /** Number of the context in the device (cqn, rqn, sqn); 0 before {@link #create}. */
    int number() {
        return number;
    }
}
