package io.dmalab.api.tracepoint;

import io.dmalab.api.kernel.EventType;
import java.util.List;

/**
 * Trace points of powerpc (arch/powerpc/include/asm/trace.h, v6.4 to v6.16): hypervisor calls and firmware calls. Words of firmware calls
 * are printed in decimal, as trace-cmd does.
 */
public final class PowerpcEvents {
    public static final EventType HCALL_ENTRY = EventType.of("powerpc:hcall_entry", "opcode=%lu", "opcode");
    public static final EventType HCALL_EXIT = EventType.of("powerpc:hcall_exit", "opcode=%lu retval=%ld", "opcode", "retval")
            .before("5.18", "opcode=%lu retval=%lu", "opcode", "retval");

    public static final EventType RTAS_INPUT = EventType.of("powerpc:rtas_input", "%s arguments: %s", "name", "inputs");
    public static final EventType RTAS_OUTPUT =
            EventType.of("powerpc:rtas_output", "%s status: %d, other outputs: %s", "name", "status", "outputs");
    /** The parameter block as it is handed over; {@code params} is made by {@link #params}. */
    public static final EventType RTAS_LL_ENTRY = EventType.of("powerpc:rtas_ll_entry",
            "token=%u nargs=%u nret=%u params: %s", "token", "nargs", "nret", "params");
    /** The parameter block as it comes back. */
    public static final EventType RTAS_LL_EXIT = EventType.of("powerpc:rtas_ll_exit",
            "token=%u nargs=%u nret=%u params: %s", "token", "nargs", "nret", "params");

    private static final int BLOCK_WORDS = 16;

    private PowerpcEvents() {}

    /** The words of a parameter block, {@code [0]=0x00000000 ... [15]=0x00000000}; those that are missing are 0. */
    public static String params(int... words) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < BLOCK_WORDS; i++) {
            String hex = Integer.toHexString(i < words.length ? words[i] : 0);
            text.append(i == 0 ? "[" : " [").append(i).append("]=0x").append("0".repeat(8 - hex.length())).append(hex);
        }
        return text.toString();
    }

    static List<EventType> all() {
        return List.of(HCALL_ENTRY, HCALL_EXIT, RTAS_INPUT, RTAS_OUTPUT, RTAS_LL_ENTRY, RTAS_LL_EXIT);
    }
}
