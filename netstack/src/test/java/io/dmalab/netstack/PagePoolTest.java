package io.dmalab.netstack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PagePoolTest {
    @Test
    void aLateReturnIsUnmappedByTheWorker() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                int page = pool.allocPage();
                pool.destroy();
                assertThat(pool.inflight()).isEqualTo(1);
                rig.kernel.sched().msleep(100);
                pool.put(page, 1, false);
                assertThat(pool.mapped()).isEqualTo(1);
            });
            assertThat(rig.iommu.entries).isEmpty();
            System.out.println(rig.kernel.now());
            System.out.println(rig.log());
            System.out.println(rig.kernel.findingRecords());
        }
    }
}
