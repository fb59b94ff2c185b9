package io.dmalab.benchmarks;

import io.dmalab.core.Emulator;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.scenario.ScenarioReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One operation of the data path, on a whole machine that is wired as in any other run. One operation is one pair: map and unmap,
 * H_PUT_TCE and H_STUFF_TCE, page out of the pool and back. A machine's own cost is in it, spread over {@value #PAIRS} pairs.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {"-XX:+UseSerialGC", "--add-opens=java.base/java.lang=ALL-UNNAMED"})
public class MachineWork {
    private static final int PAIRS = 20_000_000;

    @Param({"bitmap", "bitmap-unlocked", "table", "dma-api", "hcalls", "page-pool"})
    public String work;

    @Param({"16384"})
    public int live;

    @Param({"false", "true"})
    public boolean kasan;

    private Emulator emulator;
    private RunRequest request;

    @Setup
    public void load() throws IOException {
        emulator = Emulator.load();
        try (InputStream in = MachineWork.class.getResourceAsStream("bench.yaml")) {
            String yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("WORK", work).replace("PAIRS", Integer.toString(PAIRS))
                    .replace("LIVE", Integer.toString(live));
            request = emulator.request(ScenarioReader.read(yaml, "bench.yaml")).withKasan(kasan).withoutLog();
        }
    }

    @Benchmark
    @OperationsPerInvocation(PAIRS)
    public long pair() {
        return emulator.run(request).digest();
    }
}
