package io.dmalab.netstack.diagnose;

import io.dmalab.netstack.diagnose.PoolSeries.Trend;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Stalled pools that were reported, by what their warnings show (facts: real-world-reports.md B). The most telling first. */
record Resemblance(String report, Predicate<Stall> shows, String words) {
    /** What a log says about stalled pools. @param mlx5 that mlx5's driver is there */
    record Stall(List<PoolSeries> pools, boolean mlx5) {
        boolean any(Predicate<PoolSeries> shows) {
            return pools.stream().anyMatch(shows);
        }

        /** Several pools with one page each, and none gets it back. */
        boolean oneEach() {
            return pools.size() > 1 && pools.stream().allMatch(p -> p.firstInFlight == 1 && p.trend() == Trend.CONSTANT);
        }
    }

    /** 63 x 64. */
    private static final long LIBREQOS_PAGES = 4032;
    private static final long LONG_SECONDS = 1_800;

    private static final List<Resemblance> ALL = List.of(
            pool("B4", p -> p.firstInFlight == LIBREQOS_PAGES, "4032 = 63 x 64 pages in the pool, as LibreQoS saw in 2024 (with "
                    + "\"Bad page state\" reports; closed unreproduced)"),
            pool("B8", p -> p.trend() == Trend.FALLING, "the count falls slowly, as Shopee's mlx5 pools: sockets in CLOSE_WAIT that got an "
                    + "RST kept their queues"),
            pool("B1", p -> driver(p, "pci", "hns3") && p.trend() != Trend.MIXED, "the device has no driver any more or is hns3, and the count "
                    + "stays, as on hns3 with 6.10: 82 pages from 60 to 6706 s, the VF could not be disabled; defer list or leak, disputed"),
            pool("B3", p -> driver(p, "stmmac", "dwmac", "st_gmac") && p.firstInFlight == 1, "one page of stmmac, as on Loongson with "
                    + "6.15.9 and XDP; cause open"),
            pool("B5", p -> driver(p, "ixgbe"), "ixgbe, as the XDP regression: a driver bug"),
            pool("B6", p -> driver(p, "veth") && p.firstInFlight == 48, "48 pages of veth, as the CI's test_xsk: a test or driver bug"),
            pool("B7", p -> driver(p, "mt76x0u") || driver(p, "usb") && p.firstInFlight == 3, "mt76x0u, as with 6.18 after a rebind; "
                    + "unproven"),
            new Resemblance("B10", stall -> stall.mlx5() && stall.oneEach(), "several pools with one page each, and mlx5 is there: with SHAMPO nearly "
                    + "every receive queue of mlx5 kept one page for ever when it was shut down (f232de7cdb4b, 6.11)"),
            pool("B2, B3 and B9", p -> p.firstInFlight == 1 && p.lastSeconds >= LONG_SECONDS, "one page for a very long time, as in Cloudflare's "
                    + "fleet (ice, veth; cause unknown), on Loongson's stmmac with XDP (open) and at Meta: a leaked socket whose receive queue nobody "
                    + "reads. Which of them is not in the log"));

    private static Resemblance pool(String report, Predicate<PoolSeries> shows, String words) {
        return new Resemblance(report, stall -> stall.any(shows), words);
    }

    private static boolean driver(PoolSeries pool, String... names) {
        return List.of(names).stream().anyMatch(name -> pool.device.startsWith(name));
    }

    /** Class id: the report's, if it is one. */
    String failure() {
        return report.contains(" ") ? "B" : report;
    }

    static Optional<Resemblance> of(Stall stall) {
        return ALL.stream().filter(r -> r.shows().test(stall)).findFirst();
    }
}
