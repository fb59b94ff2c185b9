package io.dmalab.netstack;

import static io.dmalab.netstack.TestMachine.MS;
import static io.dmalab.netstack.TestMachine.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.device.Action;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.core.kernel.KernelConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a timeline can do to holders and interfaces. */
class TimelineActionsTest {
    private final TestMachine machine = new TestMachine(KernelConfig.basic(1).withLimits(100 * SECOND, 5_000_000));
    private final PoolNic nic = machine.nic("eth4", "constant-rate,rate=100pps,duration=1s");

    @AfterEach
    void close() {
        machine.close();
    }

    private void heldAt(long time, BufferHolder holder, int expected) {
        machine.task(time, "test", () -> assertThat(holder.held()).as("at %d ms", time / MS).isEqualTo(expected));
    }

    @Test
    void a_process_is_stopped_goes_on_and_is_killed() {
        BufferHolder queue = machine.holder(1, "tcp-receive-queue,read-after=1ms");
        machine.boot(() -> { });
        machine.step(205 * MS, "stop-process,process=iperf3");
        heldAt(2 * SECOND, queue, 57);
        machine.step(3 * SECOND, "continue-process,process=iperf3");
        heldAt(4 * SECOND, queue, 0);
        machine.step(5 * SECOND, "kill-process,process=iperf3");
        machine.run();
        assertThat(queue.reason()).endsWith("exited");
    }

    @Test
    void sockets_are_destroyed_by_process_and_those_in_close_wait_are_not() {
        BufferHolder unread = machine.holder(0.5, "never-read-socket,process=one");
        BufferHolder reset = machine.holder(0.5, "close-wait,process=two");
        machine.boot(() -> { });
        machine.step(2 * SECOND, "kill-socket,process=two");
        machine.task(3 * SECOND, "test", () -> {
            assertThat(reset.held()).isPositive();
            assertThat(unread.held()).isPositive();
        });
        machine.step(4 * SECOND, "kill-socket,process=one");
        heldAt(5 * SECOND, unread, 0);
        machine.step(6 * SECOND, "kill-process");
        heldAt(7 * SECOND, reset, 0);
        machine.run();
        assertThat(machine.kernel.findingRecords()).isEmpty();
    }

    @Test
    void neighbours_answer_on_the_named_interface() {
        BufferHolder here = machine.holder(0.5, "neighbour-queue,out-device=eth1,probes=100");
        BufferHolder there = machine.holder(0.5, "neighbour-queue,out-device=eth2,probes=100");
        machine.boot(() -> { });
        machine.step(2 * SECOND, "neighbour-resolve,out-device=eth1");
        heldAt(3 * SECOND, here, 0);
        machine.task(3 * SECOND, "test", () -> assertThat(there.held()).isPositive());
        machine.step(4 * SECOND, "neighbour-resolve");
        heldAt(5 * SECOND, there, 0);
        machine.run();
    }

    @Test
    void a_foreign_interface_goes_down() {
        BufferHolder qdisc = machine.holder(1, "qdisc,out-device=eth1,delay=forever");
        machine.boot(() -> { });
        machine.step(2 * SECOND, "foreign-down,out-device=eth2");
        heldAt(3 * SECOND, qdisc, 100);
        machine.step(4 * SECOND, "foreign-down,out-device=eth1");
        heldAt(5 * SECOND, qdisc, 0);
        machine.run();
    }

    @Test
    void memory_pressure_frees_receive_queues() {
        BufferHolder socket = machine.holder(1, "never-read-socket");
        machine.boot(() -> { });
        heldAt(2 * SECOND, socket, 57);
        machine.step(3 * SECOND, "memory-pressure");
        heldAt(4 * SECOND, socket, 0);
        machine.run();
    }

    @Test
    void an_interface_goes_down_and_up_with_new_pools() {
        BufferHolder socket = machine.holder(1, "never-read-socket");
        machine.boot(() -> { });
        machine.step(100 * MS, "ifdown,device=eth4");
        machine.step(200 * MS, "ifup,device=eth4");
        machine.task(50 * SECOND, "test", () -> {
            assertThat(nic.pools).hasSize(2);
            assertThat(machine.late()).as("the first pool waits for what the socket holds").isBetween(9, 11);
            assertThat(socket.held()).isEqualTo(57);
        });
        machine.run();
    }

    @Test
    void a_tool_that_finds_no_interface_says_so() {
        machine.boot(() -> { });
        machine.step(1 * SECOND, "ifdown,device=eth7");
        machine.step(2 * SECOND, "link,device=eth7,state=down");
        machine.run();
        assertThat(machine.log()).hasSize(2);
        assertThat(machine.log().getFirst()).matches("ip\\[\\d+]: Cannot find device \"eth7\"");
    }

    @ParameterizedTest
    @CsvSource({"net-rx,8", "net-rx,-1", "cpu-offline,8"})
    void a_cpu_that_is_not_there(String action, int cpu) {
        assertThatThrownBy(() -> machine.make(Action.class, action + ",cpu=" + cpu)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cpu " + cpu + " of a machine with 8; use 0 to 7");
    }
}
