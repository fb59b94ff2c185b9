package io.dmalab.platform.pseries.hypervisor;

/** Opcodes and return codes of the hypercalls, after arch/powerpc/include/asm/hvcall.h (Linux 6.12). */
public final class Hcall {
    public static final long H_GET_TCE = 0x1c;
    public static final long H_PUT_TCE = 0x20;
    public static final long H_STUFF_TCE = 0x138;
    public static final long H_PUT_TCE_INDIRECT = 0x13c;
    public static final long H_RTAS = 0xf000;

    public static final long H_SUCCESS = 0;
    public static final long H_BUSY = 1;
    public static final long H_CLOSED = 2;
    public static final long H_NOT_AVAILABLE = 3;
    public static final long H_CONSTRAINED = 4;
    public static final long H_PARTIAL = 5;
    public static final long H_IN_PROGRESS = 14;
    public static final long H_CONTINUE = 18;
    public static final long H_LONG_BUSY_ORDER_1_MSEC = 9900;
    public static final long H_LONG_BUSY_ORDER_100_SEC = 9905;
    public static final long H_TOO_HARD = 9999;
    public static final long H_HARDWARE = -1;
    public static final long H_FUNCTION = -2;
    public static final long H_PRIVILEGE = -3;
    public static final long H_PARAMETER = -4;
    public static final long H_BAD_MODE = -5;
    public static final long H_NOT_FOUND = -7;
    public static final long H_NO_MEM = -9;
    public static final long H_AUTHORITY = -10;
    public static final long H_PERMISSION = -11;
    public static final long H_RESOURCE = -16;
    public static final long H_NOT_ENOUGH_RESOURCES = -44;
    public static final long H_R_STATE = -45;
    public static final long H_RESCINDED = -46;
    public static final long H_ABORTED = -54;
    public static final long H_P2 = -55;
    public static final long H_P4 = -57;
    public static final long H_P9 = -62;
    public static final long H_NOOP = -63;
    public static final long H_TOO_BIG = -64;
    public static final long H_UNSUPPORTED = -67;
    public static final long H_OVERLAP = -68;
    public static final long H_STATE = -75;
    public static final long H_IN_USE = -77;
    public static final long H_MULTI_THREADS_ACTIVE = -9005;

    private Hcall() {
    }

    /** Name of an opcode, {@code H_0x...} for one this model does not know. */
    public static String opcodeName(long opcode) {
        return switch ((int) opcode) {
            case 0x1c -> "H_GET_TCE";
            case 0x20 -> "H_PUT_TCE";
            case 0x138 -> "H_STUFF_TCE";
            case 0x13c -> "H_PUT_TCE_INDIRECT";
            case 0xf000 -> "H_RTAS";
            default -> "H_0x" + Long.toHexString(opcode);
        };
    }

    /** Name of a return code, the number itself for one without a name. */
    public static String name(long rc) {
        if (rc <= H_P2 && rc >= H_P9) {
            return "H_P" + (H_P2 - rc + 2);
        }
        if (rc >= H_LONG_BUSY_ORDER_1_MSEC && rc <= H_LONG_BUSY_ORDER_100_SEC) {
            return "H_LONG_BUSY_ORDER_" + LONG_BUSY[(int) (rc - H_LONG_BUSY_ORDER_1_MSEC)];
        }
        return switch ((int) rc) {
            case 0 -> "H_SUCCESS";
            case 1 -> "H_BUSY";
            case 2 -> "H_CLOSED";
            case 3 -> "H_NOT_AVAILABLE";
            case 4 -> "H_CONSTRAINED";
            case 5 -> "H_PARTIAL";
            case 14 -> "H_IN_PROGRESS";
            case 18 -> "H_CONTINUE";
            case 9999 -> "H_TOO_HARD";
            case -1 -> "H_HARDWARE";
            case -2 -> "H_FUNCTION";
            case -3 -> "H_PRIVILEGE";
            case -4 -> "H_PARAMETER";
            case -5 -> "H_BAD_MODE";
            case -7 -> "H_NOT_FOUND";
            case -9 -> "H_NO_MEM";
            case -10 -> "H_AUTHORITY";
            case -11 -> "H_PERMISSION";
            case -16 -> "H_RESOURCE";
            case -44 -> "H_NOT_ENOUGH_RESOURCES";
            case -45 -> "H_R_STATE";
            case -46 -> "H_RESCINDED";
            case -54 -> "H_ABORTED";
            case -63 -> "H_NOOP";
            case -64 -> "H_TOO_BIG";
            case -67 -> "H_UNSUPPORTED";
            case -68 -> "H_OVERLAP";
            case -75 -> "H_STATE";
            case -77 -> "H_IN_USE";
            case -9005 -> "H_MULTI_THREADS_ACTIVE";
            default -> Long.toString(rc);
        };
    }

    private static final String[] LONG_BUSY = {
        "1_MSEC", "10_MSEC", "100_MSEC", "1_SEC", "10_SEC", "100_SEC"};
}
