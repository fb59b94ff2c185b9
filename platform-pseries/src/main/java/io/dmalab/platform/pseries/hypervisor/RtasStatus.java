package io.dmalab.platform.pseries.hypervisor;

/** Status words of RTAS calls and what Linux makes of them, after arch/powerpc/kernel/rtas.c (Linux 6.12). */
public final class RtasStatus {
    public static final int SUCCESS = 0;
    /** check-exception: nothing waits. */
    public static final int NO_ERRORS_FOUND = 1;
    public static final int HW_ERROR = -1;
    public static final int BUSY = -2;
    /** Parameter error; for indicators and sensors also "no such indicator" and "not supported". */
    public static final int PARAM_ERROR = -3;
    public static final int MULTI_LEVEL_ISOLATION = -9000;
    public static final int VALID_TRANSLATION = -9001;
    public static final int INACTIVE_PARTITION = -9002;
    public static final int EXTENDED_DELAY_MIN = 9900;
    public static final int EXTENDED_DELAY_MAX = 9905;

    /** Answers of ibm,configure-connector. */
    public static final int CC_COMPLETE = 0;
    public static final int CC_NEXT_SIBLING = 1;
    public static final int CC_NEXT_CHILD = 2;
    public static final int CC_NEXT_PROPERTY = 3;
    public static final int CC_PREVIOUS_PARENT = 4;
    public static final int CC_NOT_CONFIGURABLE = -9003;

    private static final int EIO = 5;
    private static final int EFAULT = 14;
    private static final int EEXIST = 17;
    private static final int ENODEV = 19;
    private static final int EINVAL = 22;
    private static final int ERANGE = 34;

    private RtasStatus() {
    }

    /** Whether Linux retries the call: busy or one of the extended delays. */
    public static boolean isBusy(int status) {
        return status == BUSY || isExtendedDelay(status);
    }

    public static boolean isExtendedDelay(int status) {
        return status >= EXTENDED_DELAY_MIN && status <= EXTENDED_DELAY_MAX;
    }

    /**
     * How long rtas_busy_delay waits, in milliseconds: 10 to the power of (status - 9900), clamped to 1..1000; 0 for
     * plain busy and for anything that is not busy.
     */
    public static int busyDelayMs(int status) {
        if (!isExtendedDelay(status)) {
            return 0;
        }
        int ms = 1;
        for (int order = EXTENDED_DELAY_MIN; order < status && ms < 1000; order++) {
            ms *= 10;
        }
        return ms;
    }

    /** The negative errno of rtas_error_rc for a status below zero, 0 for success. */
    public static int toErrno(int status) {
        return switch (status) {
            case SUCCESS -> 0;
            case HW_ERROR -> -EIO;
            case PARAM_ERROR -> -EINVAL;
            case MULTI_LEVEL_ISOLATION -> -EFAULT;
            case VALID_TRANSLATION -> -EEXIST;
            case INACTIVE_PARTITION -> -ENODEV;
            default -> -ERANGE;
        };
    }
}
