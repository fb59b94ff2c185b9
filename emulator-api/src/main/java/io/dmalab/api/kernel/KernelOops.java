package io.dmalab.api.kernel;

/** Ends the running context as a kernel oops would: thrown by the machine, never caught by model code. */
public final class KernelOops extends Error {
    private static final long serialVersionUID = 1L;

    public KernelOops(String message) {
        super(message);
    }
}
