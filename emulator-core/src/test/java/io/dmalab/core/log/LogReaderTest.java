package io.dmalab.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.diagnose.CallTrace;
import io.dmalab.api.diagnose.Complaint;
import io.dmalab.api.diagnose.LogItem;
import io.dmalab.api.diagnose.Message;
import io.dmalab.api.diagnose.Place.Clock;
import io.dmalab.api.diagnose.TraceEvent;
import io.dmalab.core.run.Progress;
import io.dmalab.core.scenario.BadInput;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms that logs come in. */
class LogReaderTest {
    private static List<LogItem> read(String text) {
        try {
            List<LogItem> items = new ArrayList<>();
            LogReader.read(new StringReader(text), items::add);
            return items;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Reader open(byte[] bytes) {
        return LogSource.open(LogSource.STDIN, new ByteArrayInputStream(bytes), Progress.NONE);
    }

    private static <T> T only(Class<T> type, String text) {
        List<T> found = read(text).stream().filter(type::isInstance).map(type::cast).toList();
        assertThat(found).as(text).hasSize(1);
        return found.getFirst();
    }

    @Test
    void whoeverIsInterruptedReadsNoFurther() throws IOException {
        try (Reader log = open("[    1.000000] one line\n".repeat(100_000).getBytes(StandardCharsets.UTF_8))) {
            assertThat(log.read()).isEqualTo('[');
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> log.transferTo(Writer.nullWriter())).isInstanceOf(CancellationException.class);
        } finally {
            Thread.interrupted();
        }
    }

    // prefixes

    @ParameterizedTest
    @ValueSource(strings = {
        "[ 3610.403820] rc = -4", "> [ 3610.403820] rc = -4", ">> [ 3610.403820] \trc = -4", "<4>[ 3610.403820] rc = -4\r",
        "[ 3610.403820][T97129] rc = -4", "[ 3610.403820] [   C12] rc = -4", "\u001b[32m[ 3610.403820] \u001b[0m\u001b[33mrc = -4\u001b[0m",
        "Nov 25 11:02:12 lpar7 kernel: [ 3610.403820] rc = -4", "[ 3610.403820] lpar7 kernel: rc = -4", "[ 3610.403820 <    0.000013>] rc = -4", "kern  :warn  : [ 3610.403820] rc = -4", "4,1234,3610403820,-;rc = -4",
        "4,1234,3610403820,-,caller=T97129;rc = -4", "lpar7-console 2026-11-25 | [ 3610.403820] rc = -4", "2026-11-25T11:02:12+00:00 [ 3610.403820] rc = -4"
    })
    void uptimeStamps(String line) {
        Message message = only(Message.class, line);
        assertThat(message.text()).isEqualTo("rc = -4");
        assertThat(message.place().clock()).isEqualTo(Clock.UPTIME);
        assertThat(message.place().nanos()).isEqualTo(3_610_403_820_000L);
        assertThat(message.place().stamp()).isEqualTo("3610.403820");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "[Tue Nov 25 11:02:12 2026] rc = -4", "Nov 25 11:02:12 lpar7 kernel: rc = -4", "Nov 25 11:02:12.403820 lpar7 kernel: \trc = -4",
        "2026-11-25T11:02:12+0000 lpar7 kernel: rc = -4", "2026-11-25T11:02:12.403820+01:00 lpar7 kernel: rc = -4",
        "Tue 2026-11-25 11:02:12 UTC lpar7 kernel: rc = -4", "2026-11-25T11:02:12,403820+00:00 rc = -4"
    })
    void timeOfDay(String line) {
        Message message = only(Message.class, line);
        assertThat(message.text()).isEqualTo("rc = -4");
        assertThat(message.place().clock()).isEqualTo(Clock.WALL);
        assertThat(message.place().nanos() / 1_000_000_000L % 86_400).isEqualTo(11 * 3600 + 2 * 60 + 12);
    }

    @Test
    void linesOfOtherProgramsAreNotTheKernels() {
        assertThat(read("Nov 25 11:02:12 lpar7 sshd[12]: rc = -4\nNov 25 11:02:12 lpar7 systemd[1]: rc = -4\n")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\trc      = -4", "[Nov25 11:02] rc      = -4", "[  +0.000013] \trc      = -4"})
    void withoutStampsThereIsNoTime(String line) {
        Message message = only(Message.class, line);
        assertThat(message.text()).isEqualTo("rc      = -4");
        assertThat(message.place().clock()).isEqualTo(Clock.NONE);
    }

    @Test
    void impossibleDatesAreText() {
        assertThat(only(Message.class, "Xyz 99 77:88:99 lpar7 kernel: rc = -4").place().clock()).isEqualTo(Clock.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"one\ntwo\n", "one\r\ntwo\r\n", "one\rtwo\r", "one\n\ntwo"})
    void lineEnds(String text) {
        assertThat(read(text)).extracting(item -> ((Message) item).text()).containsExactly("one", "two");
    }

    @Test
    void aLineIsCutWhereNoLogLineGoes() {
        assertThat(only(Message.class, "x".repeat(1 << 20)).text()).hasSize(4_096);
    }

    // stacks

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "[c000055034e6bb60] [c000000000101258] iommu_free+0x28/0x70", "[c000055034e6bb60] [c000000000101258] iommu_free+0x28/0x70 (unreliable)",
        "iommu_free+0x28/0x70", " iommu_free+0x28/0x70 [mlx5_core]", "[<000003d6b2a8c0ae>] iommu_free+0xe/0x60", "iommu_free+0x28/0x70^",
        "([<000003d6b2a8c0ae>] iommu_free+0xe/0x60)", " [<ffffffff8137a1f0>] iommu_free+0x45/0x60 [igb]"
    })
    void frames(String frame) {
        assertThat(only(CallTrace.class, "Call Trace:\n" + frame + "\n").functions()).containsExactly("iommu_free");
    }

    @Test
    void doubtfulFramesAndTheDumpsOwnDoNotCount() {
        assertThat(only(CallTrace.class, "Call trace:\n dump_stack_lvl+0x6c/0x9c\n ? __die+0x24/0x80\n kthread+0x1/0x2\n").functions())
                .containsExactly("kthread");
    }

    @Test
    void theProgramCounterIsTheInnermostFunction() {
        CallTrace trace = only(CallTrace.class, """
                BUG: kernel NULL pointer dereference, address: 00000000000000a8
                CPU: 5 PID: 3021 Comm: tt app Tainted: G           OE      6.8.0-51-generic #52-Ubuntu
                RIP: 0010:iommu_get_dma_domain+0xc/0x20
                Call Trace:
                 <TASK>
                 dma_free_attrs+0xd3/0x100
                 </TASK>
                """);
        assertThat(trace.functions()).containsExactly("iommu_get_dma_domain", "dma_free_attrs");
        assertThat(trace.complaint().orElseThrow().kind()).isEqualTo(Complaint.Kind.NULL_POINTER);
        assertThat(trace.complaint().orElseThrow().address()).hasValue(0xa8);
        assertThat(trace.task().comm()).isEqualTo("tt app");
        assertThat(trace.task().taint()).isEqualTo("Tainted: G OE");
        assertThat(trace.task().kernel()).isEqualTo("6.8.0-51-generic");
    }

    @Test
    void aComplaintBelongsToTheStackBehindItAndToNoLaterOne() {
        List<CallTrace> traces = read("""
                BUG: KASAN: slab-use-after-free in f+0x1/0x2
                Read of size 8 at addr c00000010004c618 by task kworker/7:0/1010
                CPU: 7 PID: 1010 Comm: kworker/7:0 Not tainted 6.14.0 #1
                Call Trace:
                 f+0x1/0x2
                Freed by task 1009:
                 kfree+0x1/0x2
                CPU: 8 PID: 1 Comm: init Not tainted 6.14.0 #1
                Call Trace:
                 g+0x1/0x2
                """).stream().filter(CallTrace.class::isInstance).map(CallTrace.class::cast).toList();
        assertThat(traces).extracting(CallTrace::title).containsExactly("Call Trace", "Freed by task 1009", "Call Trace");
        assertThat(traces).extracting(t -> t.complaint().isPresent()).containsExactly(true, true, false);
        assertThat(traces.getFirst().complaint().orElseThrow().address()).hasValue(0xc00000010004c618L);
        assertThat(traces.getLast().task().cpu()).isEqualTo(8);
    }

    @Test
    void aComplaintWithoutAStackIsGivenAlone() {
        assertThat(only(Complaint.class, "kernel BUG at mm/slub.c:1!\nnothing more\n").kind()).isEqualTo(Complaint.Kind.BUG);
    }

    @Test
    void aBlockedTask() {
        CallTrace trace = only(CallTrace.class, """
                INFO: task systemd-journal:1402 blocked for more than 120 seconds.
                      Not tainted 6.10.0 #1
                task:systemd-journal state:D stack:0     pid:1402  ppid:1
                Call trace:
                 uevent_show+0x1/0x2
                """);
        assertThat(trace.complaint().orElseThrow().kind()).isEqualTo(Complaint.Kind.HUNG_TASK);
        assertThat(trace.task().pid()).isEqualTo(1402);
    }

    // trace events

    @ParameterizedTest
    @ValueSource(strings = {
        "    kworker/86:2-97129   [086] .....  3610.403813: hcall_exit: opcode=312 retval=-4",
        "    kworker/86:2-97129   [086] d..1  3610.403813: hcall_exit:           opcode=312 retval=-4",
        "    kworker/86:2-97129   [086]  3610.403813: hcall_exit:           opcode=312 retval=-4",
        "    kworker/86:2-97129   (     97) [086] .....  3610.403813: hcall_exit: opcode=312 retval=-4",
        "kworker/86:2 97129 [086]  3610.403813: powerpc:hcall_exit: opcode=312 retval=-4",
        "kworker/86:2 97129/97129 [086]  3610.403813000: powerpc:hcall_exit: opcode=312 retval=-4",
        "    kworker/86:2-97129   [086] d.h3. 3610.403813: hcall_exit: opcode=312 retval=-4\r"
    })
    void traceEvents(String line) {
        TraceEvent event = only(TraceEvent.class, line);
        assertThat(event.comm()).isEqualTo("kworker/86:2");
        assertThat(event.pid()).isEqualTo(97129);
        assertThat(event.cpu()).isEqualTo(86);
        assertThat(event.event()).isEqualTo("hcall_exit");
        assertThat(event.payload()).isEqualTo("opcode=312 retval=-4");
        assertThat(event.place().nanos()).isEqualTo(3_610_403_813_000L);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "eth0-1 [086] link is up", "kworker/86:2-97129 [086] 3610.403813 hcall_exit", "sshd[1234]: 10.0.0.1: closed",
        "nfs-12 [345] 1.2: 3: 4", "a-1 [001] ..... 1.000001: Event: x", "a-1 [001] ..... 1.000001: do_exit <-do_group_exit"
    })
    void whatLooksLikeATraceEventAndIsNone(String line) {
        assertThat(read(line + "\n")).noneMatch(TraceEvent.class::isInstance);
    }

    @Test
    @DisplayName("a bad page has a complaint of its own: an oops behind it is another, and parisc calls its trace a backtrace")
    void badPages() {
        List<CallTrace> traces = read("""
                BUG: Bad page state in process tt app  pfn:000f7
                page dumped because: page_pool leak
                CPU: 0 UID: 0 PID: 0 Comm: tt app Not tainted 6.15.0-rc1-32bit+ #2730 NONE
                Backtrace:
                 [<1041d1f4>] show_stack+0x34/0x48
                 [<106ece88>] bad_page+0x14c/0x17c
                BUG: Bad page state in process init  pfn:000f8
                BUG: kernel NULL pointer dereference, address: 00000000000000a8
                Call Trace:
                 f+0x1/0x2
                """).stream().filter(CallTrace.class::isInstance).map(CallTrace.class::cast).toList();
        assertThat(traces).extracting(CallTrace::title).containsOnly(CallTrace.MAIN);
        assertThat(traces).extracting(t -> t.complaint().orElseThrow().kind())
                .containsExactly(Complaint.Kind.BAD_PAGE, Complaint.Kind.NULL_POINTER);
        assertThat(traces.getFirst().complaint().orElseThrow().subject()).isEqualTo("tt app");
        assertThat(traces.getFirst().functions()).containsExactly("bad_page");
    }

    // damage and size

    @Test
    void brokenUtf8IsReplaced() throws IOException {
        byte[] bytes = "[    1.000000] caf\u00e9 x\n".getBytes(StandardCharsets.ISO_8859_1);
        List<LogItem> items = new ArrayList<>();
        LogReader.read(open(bytes), items::add);
        assertThat(((Message) items.getFirst()).text()).isEqualTo("caf\uFFFD x");
    }

    @Test
    void aFewNulsAreNoReasonToRefuse() throws IOException {
        byte[] bytes = ("[    1.000000] before\n" + "\0".repeat(40) + "\n[    2.000000] after" + " and more".repeat(20) + "\n").getBytes(
                StandardCharsets.US_ASCII);
        List<LogItem> items = new ArrayList<>();
        LogReader.read(open(bytes), items::add);
        assertThat(items).hasSize(2);
    }

    @Test
    void nothingAndNoText() {
        assertThatThrownBy(() -> open(new byte[0])).isInstanceOf(BadInput.class).hasMessageContaining("is empty");
        assertThatThrownBy(() -> open(new byte[5000])).isInstanceOf(BadInput.class);
        byte[] elf = new byte[5000];
        for (int i = 0; i < elf.length; i++) {
            elf[i] = (byte) (i * 31);
        }
        assertThatThrownBy(() -> open(elf)).isInstanceOf(BadInput.class).hasMessageContaining("is not text");
    }

    /** A log that is never in memory: what the reader keeps does not grow, whatever the lines are. */
    @Test
    void aLogOfAnySize() throws IOException {
        String block = "Call Trace:\n" + " f+0x1/0x2\n".repeat(400) + "BUG: KASAN: use-after-free in f+0x1/0x2\n" + "noise\n".repeat(300);
        int blocks = 2_000;
        AtomicLong longest = new AtomicLong();
        AtomicLong traces = new AtomicLong();
        long lines = LogReader.read(new Repeated(block, blocks), item -> {
            if (item instanceof CallTrace trace) {
                traces.incrementAndGet();
                longest.accumulateAndGet(trace.functions().size(), Math::max);
            }
        });
        assertThat(lines).isEqualTo(blocks * 702L);
        assertThat(traces.get()).isEqualTo(blocks);
        assertThat(longest.get()).isLessThanOrEqualTo(256);
    }

    /** The same text again and again. */
    private static final class Repeated extends Reader {
        private final String text;
        private long left;
        private int at;

        Repeated(String text, int times) {
            this.text = text;
            this.left = (long) text.length() * times;
        }

        @Override
        public int read(char[] buffer, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            int count = (int) Math.min(Math.min(length, left), text.length() - at);
            text.getChars(at, at + count, buffer, offset);
            at = (at + count) % text.length();
            left -= count;
            return count;
        }

        @Override
        public void close() {
            left = 0;
        }
    }
}
