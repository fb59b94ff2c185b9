package io.dmalab.platform.pseries.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HcallTest {
    @ParameterizedTest
    @CsvSource({
        "0, H_SUCCESS", "1, H_BUSY", "2, H_CLOSED", "3, H_NOT_AVAILABLE", "4, H_CONSTRAINED", "5, H_PARTIAL", "14, H_IN_PROGRESS",
        "18, H_CONTINUE", "9900, H_LONG_BUSY_ORDER_1_MSEC", "9905, H_LONG_BUSY_ORDER_100_SEC", "9999, H_TOO_HARD", "-1, H_HARDWARE",
        "-2, H_FUNCTION", "-3, H_PRIVILEGE", "-4, H_PARAMETER", "-5, H_BAD_MODE", "-7, H_NOT_FOUND", "-9, H_NO_MEM", "-10, H_AUTHORITY",
        "-11, H_PERMISSION", "-16, H_RESOURCE", "-44, H_NOT_ENOUGH_RESOURCES", "-45, H_R_STATE", "-46, H_RESCINDED", "-54, H_ABORTED",
        "-55, H_P2", "-57, H_P4", "-62, H_P9", "-63, H_NOOP", "-64, H_TOO_BIG", "-67, H_UNSUPPORTED", "-68, H_OVERLAP", "-75, H_STATE",
        "-77, H_IN_USE", "-9005, H_MULTI_THREADS_ACTIVE"})
    @DisplayName("tce-hcalls.md 1: return codes by number and name")
    void returnCodes(long number, String name) {
        assertThat(Hcall.name(number)).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({"0x1c, H_GET_TCE", "0x20, H_PUT_TCE", "0x138, H_STUFF_TCE", "0x13c, H_PUT_TCE_INDIRECT", "0x78, H_0x78"})
    @DisplayName("tce-hcalls.md 1: numbers of the calls; one that is not modelled is shown by its number")
    void opcodes(String number, String name) {
        assertThat(Hcall.opcodeName(Long.decode(number))).isEqualTo(name);
    }
}
