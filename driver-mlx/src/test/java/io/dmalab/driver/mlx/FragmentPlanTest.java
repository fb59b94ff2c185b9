package io.dmalab.driver.mlx;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.driver.mlx.RingLayout.Fragment;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FragmentPlanTest {
    @Test
    void linear_fragments_share_pages() {
        FragmentPlan large = new FragmentPlan(List.of(new Fragment(128, 1522, 2048)), 1024, 65536);
        FragmentPlan small = new FragmentPlan(List.of(new Fragment(128, 1522, 2048)), 1024, 4096);

        assertThat(large.pages()).isEqualTo(32);
        assertThat(large.group()).isEqualTo(32);
        assertThat(small.pages()).isEqualTo(512);
        assertThat(small.group()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"12, 1500", "12, 3000", "12, 4000", "12, 5000", "12, 6000", "12, 7000", "12, 9000", "16, 600", "16, 1500", "16, 9000"})
    @DisplayName("mlx-driver.md section 4: fragments never overlap, one per page is flagged last in page, and groups of WQEs share no page")
    void plan_is_consistent(int pageShift, int mtu) {
        RingLayout layout = new RingLayout(RqType.CYCLIC, pageShift, 8, mtu);
        List<Fragment> fragments = layout.fragments();
        int wqes = 256;
        FragmentPlan plan = new FragmentPlan(fragments, wqes, layout.pageSize());

        TreeMap<Long, Long> occupied = new TreeMap<>();
        int[] lastOfPage = new int[plan.pages()];
        int[] groupOfPage = new int[plan.pages()];
        for (int i = 0; i < wqes * fragments.size(); i++) {
            int stride = fragments.get(i % fragments.size()).stride();
            long start = (long) plan.slot(i) * layout.pageSize() + plan.offset(i);
            assertThat(plan.offset(i) + stride).isLessThanOrEqualTo(layout.pageSize());
            var before = occupied.floorEntry(start);
            assertThat(before == null || before.getValue() <= start).as("nothing else is there").isTrue();
            occupied.put(start, start + stride);
            lastOfPage[plan.slot(i)] += plan.lastInPage(i) ? 1 : 0;
            int group = i / fragments.size() / plan.group() + 1;
            assertThat(groupOfPage[plan.slot(i)]).isIn(0, group);
            groupOfPage[plan.slot(i)] = group;
        }
        assertThat(lastOfPage).containsOnly(1);
    }
}
