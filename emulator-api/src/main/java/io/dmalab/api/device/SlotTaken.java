package io.dmalab.api.device;

/** A device cannot be put into a slot, because what was in it has not been given back: the removal failed half-way, or never ended. */
public final class SlotTaken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param why what the user of the platform's tool reads */
    public SlotTaken(String why) {
        super(why);
    }
}
