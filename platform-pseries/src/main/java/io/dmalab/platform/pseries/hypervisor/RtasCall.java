package io.dmalab.platform.pseries.hypervisor;

/** The RTAS calls this hypervisor answers; the token is QEMU's (device trees carry it, so any number would do). */
public enum RtasCall {
    POWER_OFF("power-off", 0x2003),
    CHECK_EXCEPTION("check-exception", 0x200e),
    SET_INDICATOR("set-indicator", 0x201a),
    SET_POWER_LEVEL("set-power-level", 0x201b),
    GET_POWER_LEVEL("get-power-level", 0x201c),
    GET_SENSOR_STATE("get-sensor-state", 0x201d),
    CONFIGURE_CONNECTOR("ibm,configure-connector", 0x201e),
    QUERY_PE_DMA_WINDOW("ibm,query-pe-dma-window", 0x2026),
    CREATE_PE_DMA_WINDOW("ibm,create-pe-dma-window", 0x2027),
    REMOVE_PE_DMA_WINDOW("ibm,remove-pe-dma-window", 0x2028),
    RESET_PE_DMA_WINDOW("ibm,reset-pe-dma-window", 0x2029);

    private static final RtasCall[] ALL = values();

    private final String callName;
    private final int token;

    RtasCall(String callName, int token) {
        this.callName = callName;
        this.token = token;
    }

    public String callName() {
        return callName;
    }

    public int token() {
        return token;
    }

    /** The call with this token, or null. */
    public static RtasCall ofToken(int token) {
        for (RtasCall call : ALL) {
            if (call.token == token) {
                return call;
            }
        }
        return null;
    }
}
