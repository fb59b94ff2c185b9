package io.dmalab.api.guest;

/**
 * A file that is no recording of a guest, or a damaged one. The message says where and what to do: {@code file:line:column: cause; remedy}.
 */
public final class BadRecording extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BadRecording(String message) {
        super(message);
    }

    public BadRecording(String message, Throwable cause) {
        super(message, cause);
    }
}
