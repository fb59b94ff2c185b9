package io.dmalab.netstack;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.random.Xoshiro;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Random sequences of allocations, puts and destroys on two pools, held against a naive model of where every page is. */
class PagePoolModelTest {
    private static final int STEPS = 1500;
    private static final int NAPI_CPU = 3;

    static Stream<Arguments> worlds() {
        return IntStream.rangeClosed(1, 12).mapToObj(seed -> Arguments.of(seed, seed % 2 == 0 ? KernelProfile.V6_14 : KernelProfile.V6_16));
    }

    @ParameterizedTest
    @MethodSource("worlds")
    @DisplayName("page-pool.md invariants 1, 2, 3, 5, 8: accounting against a naive model")
    void accounting(int seed, KernelProfile profile) {
        try (NetRig rig = new NetRig(NetRig.config().withProfile(profile), new FreePolicy() {})) {
            World world = new World(rig, new Xoshiro(seed));
            rig.run(world::play);
            assertThat(rig.iommu.entries).isEmpty();
            assertThat(rig.iommu.maps).isEqualTo(rig.iommu.unmaps);
            assertThat(rig.kernel.findingRecords()).isEmpty();
            assertThat(rig.log()).isEmpty();
            assertThat(rig.pools.all()).isEmpty();
        }
    }

    /** What the model knows about one pool. */
    private static final class Model {
        final PagePool pool;
        final int ringSize;
        final ArrayDeque<Integer> cache = new ArrayDeque<>();
        final ArrayDeque<Integer> ring = new ArrayDeque<>();
        /** Pages outside, with their owners. */
        final Map<Integer, Integer> out = new LinkedHashMap<>();
        /** Pages at the bottom of the cache that the model has not seen yet. */
        int fresh;
        boolean destroyed;
        /** A release attempt has seen nothing in flight. */
        boolean freed;
        long puts;
        long allocations;

        Model(PagePool pool, int ringSize) {
            this.pool = pool;
            this.ringSize = ringSize;
        }

        /** A release attempt. */
        void tick() {
            ring.clear();
            freed = total() == 0;
        }

        int total() {
            return cache.size() + fresh + ring.size() + out.size();
        }
    }

    private static final class World {
        final NetRig rig;
        final Xoshiro random;
        final List<Model> models = new ArrayList<>();
        /** Pages that only an ordinary reference keeps. */
        final List<Integer> plain = new ArrayList<>();

        World(NetRig rig, Xoshiro random) {
            this.rig = rig;
            this.random = random;
        }

        int below(int bound) {
            return (int) Long.remainderUnsigned(random.nextLong(), bound);
        }

        void play() {
            for (int step = 0; step < STEPS; step++) {
                if (models.size() < 2 || below(200) == 0) {
                    create();
                }
                Model model = models.get(below(models.size()));
                if (below(3) == 0) {
                    int cpu = below(2) == 0 ? NAPI_CPU : 1;
                    rig.softirq(cpu, 0, () -> step(model, cpu == NAPI_CPU));
                    rig.kernel.sched().sleepNanos(100);
                } else if (below(300) == 0) {
                    rig.kernel.sched().msleep(1100);
                    models.stream().filter(m -> m.destroyed).forEach(Model::tick);
                } else {
                    step(model, false);
                }
                models.forEach(this::check);
                models.removeIf(m -> m.freed);
            }
            finish();
        }

        private void create() {
            int size = 1 + below(40);
            models.add(new Model(rig.pools.create(new PagePool.Params(rig.device, null, null, NAPI_CPU, size,
                    DmaDirection.FROM_DEVICE, true, true, 65536, 0)), size));
        }

        /** @param local in softirq on the CPU that owns the pool */
        private void step(Model model, boolean local) {
            int what = below(100);
            boolean softirq = local || rig.kernel.sched().inAtomic();
            if (what < 45 && !model.destroyed) {
                alloc(model);
            } else if (what < 98 && !model.out.isEmpty()) {
                put(model, local && !model.destroyed);
            } else if (what < 99 && !plain.isEmpty()) {
                rig.kernel.pages().put(plain.removeLast());
            } else if (!model.destroyed && !softirq) {
                destroy(model);
            }
        }

        private void alloc(Model model) {
            if (model.cache.isEmpty() && model.fresh == 0) {
                while (!model.ring.isEmpty() && model.cache.size() < 64) {
                    model.cache.push(model.ring.poll());
                }
            }
            int page = model.pool.allocPage();
            assertThat(page).isNotNegative();
            model.allocations++;
            if (!model.cache.isEmpty()) {
                assertThat(page).isEqualTo(model.cache.pop());
            } else {
                model.fresh = model.fresh == 0 ? 63 : model.fresh - 1;
                assertThat(models).noneMatch(m -> m.out.containsKey(page) || m.ring.contains(page) || m.cache.contains(page));
                assertThat(plain).doesNotContain(page);
            }
            int owners = 1 + below(3);
            model.pool.fragment(page, owners);
            model.out.put(page, owners);
        }

        private void put(Model model, boolean local) {
            List<Integer> pages = List.copyOf(model.out.keySet());
            int page = pages.get(below(pages.size()));
            int owners = 1 + below(model.out.get(page));
            boolean last = owners == model.out.get(page);
            boolean elevated = below(20) == 0;
            boolean direct = local || !model.destroyed && below(4) == 0;
            if (elevated) {
                rig.kernel.pages().get(page);
            }
            rig.pools.putPage(page, owners, direct && !local);
            if (!last) {
                model.out.merge(page, -owners, Integer::sum);
                if (elevated) {
                    rig.kernel.pages().put(page);
                }
                return;
            }
            model.out.remove(page);
            model.puts++;
            if (elevated) {
                plain.add(page);
            } else if (direct && model.cache.size() + model.fresh < 128) {
                model.cache.push(page);
            } else if (model.ring.size() < model.ringSize) {
                model.ring.add(page);
            } else {
                assertThat(rig.kernel.pages().refCount(page)).isZero();
            }
        }

        private void destroy(Model model) {
            model.destroyed = true;
            model.pool.destroy();
            model.cache.clear();
            model.fresh = 0;
            model.tick();
        }

        private void check(Model model) {
            PagePool pool = model.pool;
            assertThat(pool.inflight()).isEqualTo(model.total());
            boolean unmapped = model.destroyed && rig.kernel.profile().poolTracksMappings();
            assertThat(pool.mapped()).isEqualTo(unmapped ? 0 : model.total());
            assertThat(pool.ringCount()).isEqualTo(model.ring.size());
            assertThat(pool.cacheCount()).isEqualTo(model.cache.size() + model.fresh);
            assertThat(pool.isFreed()).isEqualTo(model.freed);
            model.out.forEach((page, owners) -> assertThat(pool.owners(page)).isEqualTo(owners));
            PagePoolStats stats = pool.stats();
            assertThat(stats.fast() + stats.refill() + stats.slow() + stats.slowHighOrder()).isEqualTo(model.allocations);
            assertThat(stats.cached() + stats.ring() + stats.ringFull() + stats.releasedRefcnt()).isEqualTo(model.puts);
        }

        /** Everybody lets go, and every pool ends. */
        private void finish() {
            models.stream().filter(model -> !model.destroyed).toList().forEach(this::destroy);
            models.forEach(model -> model.out.forEach((page, owners) -> rig.pools.putPage(page, owners, false)));
            plain.forEach(rig.kernel.pages()::put);
        }
    }
}
