package io.dmalab.driver.mlx;

import static io.dmalab.driver.mlx.TestMachine.options;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.FindingKind;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ProbeTest {
    @Test
    @DisplayName("mlx-driver.md section 7: probe gives the firmware its memory, unbinding takes all of it back: pages, "
            + "mailboxes, event queues")
    void probe_and_remove() {
        try (TestMachine machine = TestMachine.of(65536, options(2, RqType.STRIDING, 1024, 1500, 0), new Traffic(1, 1, 1, 0), 0)) {
            machine.run(() -> {
                machine.bind();
                assertThat(machine.device().bound()).isTrue();
                assertThat(machine.netdev().name()).isEqualTo(TestMachine.NIC);
                assertThat(machine.core().firmwarePageCount()).isEqualTo(512 * 4096 / 65536);
                assertThat(machine.netdev().isUp()).isTrue();
                machine.kernel.devices().unbind(machine.device());
            });
            assertThat(machine.iommu.used()).isZero();
            assertThat(machine.pagesInUse()).isZero();
            List<String> commands = machine.log("mlx5:mlx5_cmd");
            assertThat(commands.stream().filter(c -> c.contains("CREATE_")).count()).isPositive()
                    .isEqualTo(commands.stream().filter(c -> c.contains("DESTROY_")).count());
            assertThat(machine.kernel.findingRecords()).isEmpty();
        }
    }

    @Test
    @DisplayName("wherever mapping fails in probe or bring-up, a report says so and unbinding leaves nothing behind")
    void every_failure_is_undone() {
        int needed = Integer.MAX_VALUE;
        for (int limit = 0; limit < needed; limit++) {
            try (TestMachine machine = TestMachine.of(65536, options(2, RqType.STRIDING, 64, 1500, 0), new Traffic(1, 1, 1, 0), 0)) {
                machine.iommu.limit = limit;
                int[] used = new int[1];
                machine.run(() -> {
                    machine.bind();
                    used[0] = machine.iommu.used();
                    machine.kernel.devices().unbind(machine.device());
                });
                assertThat(machine.iommu.used()).as("with room for %d mappings", limit).isZero();
                assertThat(machine.pagesInUse()).as("with room for %d mappings", limit).isZero();
                boolean refused = machine.kernel.findingRecords().stream().anyMatch(f -> f.kind() == FindingKind.BUG);
                if (!refused) {
                    assertThat(used[0]).isPositive();
                    needed = limit;
                }
            }
        }
        assertThat(needed).isBetween(40, 100);
    }
}
