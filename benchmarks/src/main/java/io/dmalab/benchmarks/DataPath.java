package io.dmalab.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.ScenarioReader;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * The whole receive path: packets received per second of CPU time in the steady state of a 100 Gbit/s stream of 1500-byte frames, through the real driver, page_pool,
 * stack and backend. 8.127 million a second is real time. Limits: 0.5 x real time with the lifetime checker off, 0.25 x with it on.
 *
 * <pre>{@code java ... io.dmalab.benchmarks.DataPath [SECONDS [RUNS]]}</pre>
 *
 * SECONDS of virtual time, 1; RUNS of each kind, 5, one line each, after two rounds in which the compiler does its work.
 */
public final class DataPath {
    /** 1514 bytes and 24 of FCS, preamble and gap at 100 Gbit/s. */
    private static final double LINE_RATE = 100e9 / (8 * (1514 + 24));

    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final Emulator emulator = Emulator.load();
    private final String scenario;
    private final int runs;

    private DataPath(String scenario, int runs) {
        this.scenario = scenario;
        this.runs = runs;
    }

    public static void main(String[] args) throws IOException {
        String seconds = args.length > 0 ? args[0] : "1";
        int runs = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        DataPath bench = new DataPath(scenario(seconds), runs);
        bench.warmUp();
        for (boolean gro : List.of(true, false)) {
            for (boolean kasan : List.of(false, true)) {
                bench.measure(gro, kasan);
            }
        }
    }

    private void warmUp() {
        for (int i = 0; i < 2; i++) {
            emulator.run(request(true, false));
            emulator.run(request(false, true));
        }
    }

    private static String scenario(String seconds) throws IOException {
        try (InputStream in = DataPath.class.getResourceAsStream("data-path.yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("SECONDS", seconds);
        }
    }

    private RunRequest request(boolean gro, boolean kasan) {
        return emulator.request(ScenarioReader.read(scenario.replace("GRO", Boolean.toString(gro)), "data-path.yaml")).withKasan(kasan).withoutLog();
    }

    private void measure(boolean gro, boolean kasan) {
        RunRequest request = request(gro, kasan);
        for (int i = 0; i < runs; i++) {
            long before = system.getProcessCpuTime();
            RunResult result = emulator.run(request);
            double cpu = (system.getProcessCpuTime() - before) / 1e9;
            long packets = result.metric(Metrics.RX_PACKETS);
            System.out.printf(Locale.ROOT,
                    "dmalab data-path gro=%s kasan=%s packets=%d drops=%d events=%d cpu=%.3f Mpkt/s=%.2f ns/packet=%.0f x-real=%.2f findings=%d digest=%s%n",
                    onOff(gro), onOff(kasan), packets, result.metric(Metrics.RX_DROPPED), result.events(), cpu, packets / cpu / 1e6, cpu * 1e9 / packets,
                    packets / LINE_RATE / cpu, result.findings().size(), result.digestText());
        }
    }

    private static String onOff(boolean value) {
        return value ? "on" : "off";
    }
}
