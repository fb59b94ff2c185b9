package io.dmalab.api.guest;

import io.dmalab.api.kernel.EventType;

/**
 * What a replayed recording tells its observers: differences as they are found, now and then the sums so far, each behind the one it
 * replaces, and a {@link #PROGRESS} behind them; the sums of the whole come last.
 */
public final class GuestEvents {
    /**
     * A call that the guest made otherwise than the recorded kernel. {@code state} is what decided the guest's; {@code seq} the recorded
     * call's number.
     */
    public static final EventType DIFFERENCE = EventType.synthetic("dmalab:guest_difference",
            "seq=%d phase=%s recorded=%s guest=%s state=%s", "seq", "phase", "recorded", "guest", "state");
    /** One phase of the run: recorded calls of it, how many the guest made alike, how many not, and calls that only the guest made. */
    public static final EventType PHASE = EventType.synthetic("dmalab:guest_phase", "phase=%s calls=%d agreed=%d differed=%d extra=%d",
            "phase", "calls", "agreed", "differed", "extra");
    /** Something the recording does not show and that was taken from what it does show, and how often. */
    public static final EventType CHOICE = EventType.synthetic("dmalab:guest_choice", "choice=%s count=%d", "choice", "count");
    /** Recorded calls that are not the kernel's, such as firmware's before it, and were carried out as they are. */
    public static final EventType CARRIED_OUT = EventType.synthetic("dmalab:guest_carried_out", "whose=%s calls=%d", "whose", "calls");

    /** How far the replay has come: bytes of the recording that are read, as it lies on the disk. */
    public static final EventType PROGRESS = EventType.synthetic("dmalab:guest_progress", "bytes=%d", "bytes");

    private GuestEvents() {}

    /** For the reader of traces. */
    public static EventType[] all() {
        return new EventType[] {DIFFERENCE, PHASE, CHOICE, CARRIED_OUT, PROGRESS};
    }
}
