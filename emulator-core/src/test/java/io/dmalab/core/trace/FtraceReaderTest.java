package io.dmalab.core.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.EventType;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.tracepoint.KernelEvents;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trace text as kernels, trace-cmd and perf print it, whole and damaged. */
class FtraceReaderTest {
    /** The sample of formats.md 1.2: the bug in nine lines. */
    private static final String SAMPLE = """
                napi/eth4-12-2211    [012] ..s1.  3550.113044: dma_map_page: 0018:01:00.0 dir=FROM_DEVICE dma_addr=80000061ee00000 size=65536 \
            phys_addr=61ee00000 attrs=WEAK_ORDERING|SKIP_CPU_SYNC
                napi/eth4-12-2211    [012] ..s1.  3550.113046: page_pool_state_hold: page_pool=000000005c1f9a30 netmem=00000000d4410c2e \
            is_net_iov=0, pfn=0x61ee0 hold=4108
                       drmgr-97001   [004] .....  3601.002010: rtas_input: ibm,remove-pe-dma-window arguments: 1879048214
                       drmgr-97001   [004] .....  3601.002031: rtas_output: ibm,remove-pe-dma-window status: 0, other outputs:\s
                kworker/86:2-97129   [086] .....  3610.403810: hcall_entry: opcode=312
                kworker/86:2-97129   [086] .....  3610.403813: hcall_exit: opcode=312 retval=-4
                kworker/86:2-97129   [086] .....  3610.404201: dma_unmap_page: 0018:01:00.0 dir=FROM_DEVICE dma_addr=80000061ee00000 \
            size=65536 attrs=WEAK_ORDERING|SKIP_CPU_SYNC
                kworker/86:2-97129   [086] .....  3610.404203: page_pool_state_release: page_pool=000000005c1f9a30 \
            netmem=00000000d4410c2e is_net_iov=0 pfn=0x61ee0 release=4097
                kworker/86:2-97129   [086] .....  3610.404204: page_pool_release: page_pool=000000005c1f9a30 inflight=11 hold=4108 \
            release=4097 cnt=1
            """;

    private final List<TracedEvent> events = new ArrayList<>();
    private ReadReport report;

    private void read(String text) {
        read(new StringReader(text));
    }

    private void read(Reader text) {
        events.clear();
        try {
            report = FtraceReader.read(new BufferedReader(text), events::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private TracedEvent one(String line) {
        read(line + "\n");
        assertThat(report.firstDamages()).as(line).isEmpty();
        assertThat(events).as(line).hasSize(1);
        return events.getFirst();
    }

    @Test
    @DisplayName("formats.md 1.2: the nine-line sample is read, and printed again it is the same to the byte")
    void theSample() {
        read(SAMPLE);
        assertThat(report.damaged()).isZero();
        assertThat(events).extracting(TracedEvent::name).containsExactly("dma:dma_map_page", "page_pool:page_pool_state_hold",
                "powerpc:rtas_input", "powerpc:rtas_output", "powerpc:hcall_entry", "powerpc:hcall_exit", "dma:dma_unmap_page",
                "page_pool:page_pool_state_release", "page_pool:page_pool_release");
        assertThat(events.get(5).number("retval")).isEqualTo(-4);
        assertThat(events.get(2).text("inputs")).isEqualTo("1879048214");
        assertThat(events.get(8).fields()).containsExactlyEntriesOf(fields("pool", 0x5c1f9a30L, "inflight", 11L, "hold", 4108L,
                "release", 4097L, "cnt", 1L));
        FtraceFormat format = new FtraceFormat(KernelProfile.V6_14, address -> HexFormat.of().toHexDigits(address));
        String again = events.stream().map(e -> format.line(e, type(e.name())) + "\n").collect(Collectors.joining());
        assertThat(again).isEqualTo(SAMPLE);
    }

    private static java.util.SequencedMap<String, Object> fields(Object... pairs) {
        java.util.SequencedMap<String, Object> fields = new java.util.LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            fields.put((String) pairs[i], pairs[i + 1]);
        }
        return fields;
    }

    private static EventType type(String name) {
        return KernelEvents.all().stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
    }

    // the line

    @ParameterizedTest
    @ValueSource(strings = {
        "    kworker/86:2-97129   [086] .....  3610.403813: hcall_exit: opcode=312 retval=-4",
        "    kworker/86:2-97129   [086] ....  3610.403813: hcall_exit: opcode=312 retval=-4",
        "    kworker/86:2-97129   [086]  3610.403813: hcall_exit:           opcode=312 retval=-4",
        "    kworker/86:2-97129   [086] d..2.  3610.403813: hcall_exit:           opcode=312 retval=-4",
        "    kworker/86:2-97129   [086] .....  3610.403813: powerpc:hcall_exit: opcode=312 retval=-4",
        "    kworker/86:2-97129 [086]  3610.403813000: hcall_exit: opcode=312 retval=-4\r",
        "    kworker/86:2-97129   (97129) [086] .....  3610.403813: hcall_exit: opcode=312 retval=-4",
        "    kworker/86:2-97129   (-----) [086] .....  3610.403813: hcall_exit: opcode=312 retval=18446744073709551612",
        "kworker/86:2-97129 [086] 3610.403813: powerpc:hcall_exit: opcode=312 retval=-4",
        "kworker/86:2 97129 [086]  3610.403813: powerpc:hcall_exit: opcode=312 retval=-4",
        "kworker/86:2 97129/97129 [086]  3610.403813:                  powerpc:hcall_exit: opcode=312 retval=-4",
    })
    @DisplayName("formats.md 5.3: trace, trace-cmd report and perf script, four and five flags or none, retval signed and unsigned")
    void everyFormOfALine(String line) {
        TracedEvent event = one(line);
        assertThat(event.name()).isEqualTo("powerpc:hcall_exit");
        assertThat(event.cpu()).isEqualTo(86);
        assertThat(event.pid()).isEqualTo(97129);
        assertThat(event.timeNanos()).isEqualTo(3_610_403_813_000L);
        assertThat(event.number("opcode")).isEqualTo(312);
        assertThat(event.number("retval")).isEqualTo(-4);
        assertThat(event.comm()).isEqualTo("kworker/86:2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"napi/eth4-12", "kworker/86:2", "<idle>", "<...>", "Web Content", "[kworker]", "a-b -7", "x [3] y", "(sd-pam)"})
    void everyKindOfTask(String comm) {
        TracedEvent event = one("  " + comm + "-2211  [012] ..s1.  3550.113044: hcall_entry: opcode=32");
        assertThat(event.comm()).isEqualTo(comm);
        assertThat(event.pid()).isEqualTo(2211);
        assertThat(event.flags()).isEqualTo("..s1.");
    }

    @Test
    void nanoseconds() {
        assertThat(one("x-1 [000]  12.123456789: hcall_entry: opcode=32").timeNanos()).isEqualTo(12_123_456_789L);
    }

    // layouts

    @Test
    @DisplayName("formats.md 5.3: page_pool events of every kernel")
    void pagePoolOfEveryKernel() {
        for (String layout : List.of("page=%s pfn=1699296 hold=9", "page=%s pfn=0x19ede0 hold=9", "netmem=%s pfn=0x19ede0 hold=9",
                "netmem=%s is_net_iov=0, pfn=0x19ede0 hold=9")) {
            for (String pointer : List.of("00000000d4410c2e", "0xd4410c2e")) {
                TracedEvent event = one("x-1 [000] 1.0: page_pool_state_hold: page_pool=000000005c1f9a30 " + layout.formatted(pointer));
                assertThat(event.number("netmem")).as(layout).isEqualTo(0xd4410c2eL);
                assertThat(event.number("pfn")).isEqualTo(0x19ede0);
                assertThat(event.number("hold")).isEqualTo(9);
                assertThat(event.fields().containsKey("is_net_iov")).isEqualTo(layout.contains("iov"));
            }
        }
    }

    @Test
    void aNewNameIsTheOldEvent() {
        TracedEvent event = one("x-1 [000] 1.000000: dma_map_phys: 0018:01:00.0 dir=TO_DEVICE dma_addr=ffff size=1 phys_addr=0 attrs=");
        assertThat(event.name()).isEqualTo("dma:dma_map_page");
        assertThat(event.text("attrs")).isEmpty();
        assertThat(event.number("dma_addr")).isEqualTo(0xffff);
    }

    @Test
    void arraysAsTheKernelPrintsThemAndAsTraceCmdDoes() {
        TracedEvent kernel = one("x-1 [000] 1.000000: rtas_input: event-scan arguments: {0xffffffff,0x0,0x4cc1a38,0x800}");
        assertThat(kernel.text("inputs")).isEqualTo("4294967295 0 80484920 2048");
        assertThat(one("x-1 [000] 1.000000: rtas_output: event-scan status: 1, other outputs: {}").text("outputs")).isEmpty();
        assertThat(one("x-1   [000]  1.000000: rtas_output:          event-scan status: 1, other outputs:").text("outputs")).isEmpty();
        assertThat(one("x-1   [000]  1.000000: rtas_input:           get-time-of-day arguments:").text("inputs")).isEmpty();
    }

    @Test
    void theGenericIommuEvents() {
        assertThat(one("x-1 [000] 1.0: map: IOMMU: iova=0x00000000ffff0000 - 0x0000000100000000 paddr=0x0000000080000000 "
                + "size=65536").fields())
                .containsExactlyEntriesOf(fields("iova", 0xffff0000L, "end", 0x100000000L, "paddr", 0x80000000L, "size", 65536L));
        assertThat(one("x-1 [000] 1.0: iommu:io_page_fault: IOMMU:mlx5_core 0018:01:00.0 iova=0x0000000000001000 flags=0x0001")
                .text("driver")).isEqualTo("mlx5_core");
        assertThat(one("x-1 [000] 1.0: remove_device_from_group: IOMMU: groupID=3 device=0018:01:00.0").number("group")).isEqualTo(3);
    }

    @Test
    void whatANewerKernelAppendsIsReadOver() {
        TracedEvent event = one("x-1 [000] 1.0: page_pool_release: page_pool=0000000000000001 inflight=-1 hold=2 release=3 cnt=4 "
                + "stalled_sec=60");
        assertThat(event.number("inflight")).isEqualTo(-1);
        assertThat(event.fields()).doesNotContainKey("stalled_sec");
    }

    // whole files

    @Test
    void aReportOfTraceCmd() {
        read("""
                cpus=96
                           <...>-36800 [059]  4978.518303: rtas_input:           get-time-of-day arguments:
                           <...>-36800 [059]  4978.518306: rtas_ll_entry:        token=3 nargs=0 nret=8 params: [0]=0x00000000 [1]=0x000007e6
                     kworker/39:1-336   [039]  4982.731677: rtas_output:          event-scan status: 1, other outputs: 7 8
                     kworker/39:1-336   [039]  4982.731700: print:                tracing_mark_write: hello
                          <idle>-0     [000]  4982.731800: sched_switch:         swapper/0:0 [120] R ==> kworker/0:1:12 [120]
                CPU 3 is empty
                """);
        assertThat(report).isEqualTo(new ReadReport(7, 3, 2, report.otherNames(), 0, List.of()));
        assertThat(report.otherNames()).containsExactly(java.util.Map.entry("tracing_mark_write", 1L),
                java.util.Map.entry("sched_switch", 1L));
        assertThat(events.get(1).text("params")).isEqualTo("[0]=0x00000000 [1]=0x000007e6");
        assertThat(events).extracting(TracedEvent::line).containsExactly(2L, 3L, 4L);
    }

    @Test
    void damageIsCountedAndShownAndNothingElseIsLost() {
        String good = "    kworker/86:2-97129   [086] .....  3610.403813: hcall_exit: opcode=312 retval=-4\n";
        read("# tracer: nop\n" + good
                + "    kworker/86:2-97129   [086] .....  3610.404204: page_pool_release: page_pool=000000005c1f9a30 inflight=11 ho\n"
                + "    kworker/86:2-97129   [086] ..... 36\n"
                + "CPU:3 [LOST 1234 EVENTS]\n"
                + "##### CPU 4 buffer started ####\n"
                + "\0\1\2\3\uFFFD\n"
                + "    kworker/86:2-97129   [086] .....  3610.404204: hcall_exit: opcode=312 retval=-4 kworker/8\n"
                + "kworker/86:2-97129   [086] .....  3610.404204: hcall_entry: opcode=31x\n"
                + "99999999999-99999999999 [000] 1.0: x: y\n"
                + "\n" + good);
        assertThat(events).hasSize(2);
        assertThat(report.damaged()).isEqualTo(7);
        assertThat(report.firstDamages()).containsExactly(
                new ReadReport.Damage(3, 112, "the line ends before 'hold='"),
                new ReadReport.Damage(4, 38, "no time stamp"),
                new ReadReport.Damage(5, 1, "1234 events of CPU 3 were lost"),
                new ReadReport.Damage(7, 1, "not text"),
                new ReadReport.Damage(8, 84, "expected end of the event"),
                new ReadReport.Damage(9, 70, "expected end of the event"),
                new ReadReport.Damage(10, 13, "pid out of range"));
        assertThat(report.lines()).isEqualTo(12);
    }

    @Test
    void everyCutOfALineIsReadOrReported() {
        for (String line : SAMPLE.lines().toList()) {
            for (int end = 0; end <= line.length(); end++) {
                read(line.substring(0, end));
                boolean blank = line.substring(0, end).isBlank();
                assertThat(report.events() + report.damaged() + report.otherEvents()).as(line.substring(0, end)).isEqualTo(blank ? 0 : 1);
            }
        }
    }

    @Test
    @DisplayName("Whatever is done to a line, it is read, counted or reported, and nothing is thrown: 50,000 random changes")
    void anyDamage() {
        java.util.Random random = new java.util.Random(7);
        List<String> lines = SAMPLE.lines().toList();
        for (int i = 0; i < 50_000; i++) {
            StringBuilder line = new StringBuilder(lines.get(random.nextInt(lines.size())));
            for (int n = random.nextInt(1, 6); n > 0 && !line.isEmpty(); n--) {
                int at = random.nextInt(line.length());
                switch (random.nextInt(4)) {
                    case 0 -> line.setCharAt(at, (char) random.nextInt(0x20, 0x7f));
                    case 1 -> line.deleteCharAt(at);
                    case 2 -> line.insert(at, "[]():=-. 0123456789".charAt(random.nextInt(19)));
                    default -> line.setCharAt(at, (char) random.nextInt(0x10000));
                }
            }
            String text = line.toString().replace('\n', ' ');
            read(text);
            long seen = report.events() + report.otherEvents() + report.damaged();
            boolean nothing = text.isBlank() || text.charAt(0) == '#' || text.equals("\r");
            assertThat(seen).as(text).isEqualTo(nothing ? 0 : 1);
            report.firstDamages().forEach(d -> assertThat(d.column()).as(text).isBetween(1, text.length() + 1));
        }
    }

    @Test
    @DisplayName("A line without an end takes no more memory than any other, and what comes behind it is read")
    void aLineWithoutEnd() {
        Reader endless = new Reader() {
            private long left = 300_000_000;

            @Override
            public int read(char[] buffer, int offset, int length) {
                if (left == 0) {
                    return -1;
                }
                int n = (int) Math.min(left, length);
                java.util.Arrays.fill(buffer, offset, offset + n, 'x');
                left -= n;
                if (left == 0) {
                    buffer[offset + n - 1] = '\n';
                }
                return n;
            }

            @Override
            public void close() {}
        };
        read(endless);
        assertThat(report.lines()).isEqualTo(1);
        assertThat(report.firstDamages()).extracting(ReadReport.Damage::cause).containsExactly("the line is longer than 65536 characters");
    }

    @Test
    void linesEndWithAndWithoutCarriageReturnAndAtTheEndOfTheText() {
        String line = "x-1 [000] 1.0: hcall_entry: opcode=32";
        read(line + "\r\n" + line + "\n\r\n" + line);
        assertThat(events).hasSize(3);
        assertThat(report.lines()).isEqualTo(4);
        assertThat(report.damaged()).isZero();
    }

    @Test
    void namesOfOtherEventsAreBounded() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < ReadReport.NAMES_MAX + 500; i++) {
            text.append("x-1 [000] 1.0: event_").append(i).append(": a\n");
        }
        read(text.toString());
        assertThat(report.otherEvents()).isEqualTo(ReadReport.NAMES_MAX + 500);
        assertThat(report.otherNames()).hasSize(ReadReport.NAMES_MAX + 1).containsEntry(ReadReport.MORE_NAMES, 500L);
    }
}
