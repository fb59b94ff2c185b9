package io.dmalab.driver.mlx;

import java.util.ArrayList;
import java.util.List;

/**
 * A queue's ring in coherent memory and its context in the device (wq.c; the CREATE and DESTROY commands of en_main.c). A ring larger than
 * a page is made of whole pages, each allocated by itself (alloc.c: mlx5_frag_buf_alloc_node), so that it needs no contiguous memory.
 */
final class QueueContext {
    /** Bytes of a completion queue entry, of a receive WQE, and of a block of a send queue. */
    static final long ENTRY_BYTES = 64;

    private final Mdev mdev;
    private final String kind;
    private final List<CoherentBuffer> ring = new ArrayList<>();
    private int number;

    /** @param kind {@code CQ}, {@code RQ} or {@code SQ} */
    QueueContext(Mdev mdev, String kind) {
        this.mdev = mdev;
        this.kind = kind;
    }

    /** @throws MlxException with ENOMEM; what was allocated so far is freed by {@link #freeRing} */
    void allocRing(int logEntries) {
        long bytes = ENTRY_BYTES << logEntries;
        long page = mdev.kernel().pages().pageSize();
        for (long done = 0; done < bytes; done += page) {
            ring.add(CoherentBuffer.alloc(mdev.kernel(), mdev.device(), Math.min(page, bytes - done)));
        }
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

    /** Frees the ring, or what there is of it. */
    void freeRing() {
        ring.reversed().forEach(fragment -> fragment.free(mdev.kernel()));
        ring.clear();
    }

    /** Number of the context in the device (cqn, rqn, sqn); 0 before {@link #create}. */
    int number() {
        return number;
    }
}
