package io.dmalab.core.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.config.HoldTime;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.HotplugEvent.DeviceChanged;
import io.dmalab.api.device.HotplugNotifier.Answer;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelOops;
import io.dmalab.api.net.Workload;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.kernel.KernelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DriverCoreTest {
    private Rig rig = new Rig();
    private final List<String> seen = new ArrayList<>();

    @AfterEach
    void close() {
        rig.close();
    }

    /** Writes down every notice and every driver callback, each with what the device looks like then. */
    private void watch() {
        rig.devices.busChain().register(event -> {
            if (event instanceof DeviceChanged change) {
                seen.add(change.phase() + " " + state(change.device()));
            }
            return Answer.OK;
        });
        rig.driver.probe = device -> {
            device.drvdata("private");
            seen.add("probe " + state(device));
        };
        rig.driver.up = device -> seen.add("up " + state(device));
        rig.driver.remove = device -> seen.add("remove " + state(device));
    }

    private static String state(Device device) {
        return device.driverName() + (device.bound() ? " bound" : " free") + " " + device.drvdata();
    }

    @Test
    @DisplayName("mlx-driver.md 7: the life of a device in the order of the driver core's notices")
    void life() {
        watch();
        Device device = rig.plug();
        rig.run(() -> {
            rig.devices.bind(device);
            rig.devices.remove(device);
        });

        assertThat(seen).containsExactly(
                "ADDED  free null",
                "probe mlx5_core bound private", "BOUND mlx5_core bound private", "up mlx5_core bound private",
                "UNBIND mlx5_core bound private", "remove mlx5_core bound private", "UNBOUND mlx5_core free null",
                "DELETE mlx5_core free null", "REMOVED mlx5_core free null");
        assertThat(device.object().alive()).isFalse();
        assertThat(rig.devices.all()).isEmpty();
        assertThat(rig.kinds()).isEmpty();
    }

    @Test
    void bindingAndUnbindingTwiceDoNothingMore() {
        watch();
        Device device = rig.plug();
        rig.run(() -> {
            rig.devices.bind(device);
            rig.devices.bind(device);
            rig.devices.unbind(device);
            rig.devices.unbind(device);
            rig.devices.bind(device);
        });

        assertThat(seen.stream().map(line -> line.split(" ")[0])).containsExactly(
                "ADDED", "probe", "BOUND", "up", "UNBIND", "remove", "UNBOUND", "probe", "BOUND", "up");
    }

    @Test
    void removingTwiceDoesNothingMore() {
        Device device = rig.plug();
        device.get();
        rig.run(() -> {
            rig.devices.remove(device);
            rig.devices.remove(device);
            rig.devices.bind(device);
        });

        assertThat(device.bound()).isFalse();
        assertThat(((DeviceImpl) device).references()).isEqualTo(1);
        assertThat(device.object().alive()).isTrue();
    }

    @Test
    @DisplayName("mlx-driver.md 7, dlpar-and-notifiers.md 7: while remove runs the device's mutex is held")
    void removeHoldsTheMutex() {
        Device device = rig.plug();
        rig.driver.remove = d -> {
            rig.kernel.sched().msleep(1000);
            seen.add("removed");
        };
        rig.run(() -> rig.devices.bind(device));
        rig.kernel.sched().spawn("echo", 1, () -> {
            rig.kernel.sched().msleep(100);
            seen.add("unbind wanted");
            rig.devices.unbind(device);
            seen.add("unbind done");
        });
        rig.run(() -> rig.devices.remove(device));

        assertThat(seen).containsExactly("unbind wanted", "removed", "unbind done");
    }

    @Test
    @DisplayName("real-world-reports.md C15: who waits for a device's lock while its removal waits for 120 seconds is a hung task")
    void aPolicyThatWaitsInRemoveForMoreThan120SecondsHangsOthers() {
        Device device = rig.plug();
        rig.driver.remove = d -> rig.kernel.sched().msleep(300_000);
        rig.run(() -> rig.devices.bind(device));
        rig.kernel.sched().spawn("systemd-journal", 1, () -> {
            rig.kernel.sched().msleep(100);
            rig.devices.unbind(device);
        });
        rig.run(() -> rig.devices.remove(device));

        assertThat(rig.findings(FindingKind.HUNG_TASK)).singleElement()
                .satisfies(hung -> assertThat(hung.subject()).contains("systemd-journal"));
    }

    @Test
    void theLastReferenceFreesTheDevice() {
        Device device = rig.plug();
        device.get();
        rig.run(() -> rig.devices.remove(device));
        assertThat(device.object().alive()).isTrue();

        rig.run(device::put);
        assertThat(device.object().alive()).isFalse();
        assertThat(rig.kinds()).isEmpty();
    }

    @Test
    @DisplayName("use of a device after its last put is a finding with three stacks")
    void useAfterLastPut() {
        Device device = rig.plug();
        rig.run(() -> rig.devices.remove(device));
        rig.run(device::archdata);

        FindingRecord finding = rig.findings(FindingKind.USE_AFTER_FREE).getFirst();
        assertThat(finding.subject()).startsWith("device at ");
        assertThat(finding.stacks()).extracting(FindingRecord.Stack::title).containsExactly("accessed by", "allocated by", "freed by");
        assertThat(finding.stacks().get(1).functions()).startsWith("device_add");
        assertThat(finding.stacks().get(2).functions())
                .startsWith("device_release", "put_device", "pci_stop_and_remove_bus_device");
    }

    @Test
    void referencesOfAFreedDeviceSaturate() {
        rig.close();
        rig = new Rig(KernelConfig.basic(1).withKasan(false, new HoldTime.Forever()), new FreePolicy() {});
        Device device = rig.plug();
        rig.run(() -> {
            rig.devices.remove(device);
            device.get();
            device.put();
        });

        assertThat(rig.findings(FindingKind.USE_AFTER_FREE)).singleElement()
                .satisfies(finding -> assertThat(finding.occurrences()).isEqualTo(2));
        assertThat(rig.log()).contains("refcount_t: addition on 0; use-after-free.", "refcount_t: underflow; use-after-free.");
    }

    @Test
    void aDriverThatRefusesLeavesTheDeviceWithoutOne() {
        watch();
        rig.driver.probe = device -> {
            throw new IllegalStateException("firmware does not answer");
        };
        Device device = rig.plug();
        rig.run(() -> rig.devices.bind(device));

        assertThat(device.bound()).isFalse();
        assertThat(seen).containsExactly("ADDED  free null");
        assertThat(rig.findings(FindingKind.BUG).getFirst().detail()).contains("mlx5_core").contains("firmware does not answer");
        assertThat(rig.log()).contains("mlx5_core 0018:01:00.0: probe failed: firmware does not answer");
    }

    @Test
    void aDriverThatCannotComeUpStaysBound() {
        rig.driver.up = device -> {
            throw new IllegalStateException("no link");
        };
        Device device = rig.plug();
        rig.run(() -> rig.devices.bind(device));

        assertThat(device.bound()).isTrue();
        assertThat(rig.findings(FindingKind.BUG).getFirst().detail()).contains("bring-up").contains("no link");
    }

    @Test
    void devicesAreFoundByAlias() {
        Device eth4 = rig.plug();
        Device eth5 = rig.plug("0019:01:00.0", "eth5");

        assertThat(rig.devices.all()).containsExactly(eth4, eth5);
        assertThat(rig.devices.byAlias("eth5")).contains(eth5);
        assertThat(rig.devices.byAlias("eth6")).isEmpty();
        assertThatThrownBy(() -> rig.plug("0020:01:00.0", "eth5")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("eth5");

        rig.run(() -> rig.devices.remove(eth5));
        assertThat(rig.plug("0020:01:00.0", "eth5")).isNotSameAs(eth5);
    }

    @Test
    void theWorkloadIsLookedUpOnce() {
        List<String> asked = new ArrayList<>();
        Workload workload = new Workload() {
            @Override
            public long next() {
                return Long.MAX_VALUE;
            }

            @Override
            public int bytes() {
                return 0;
            }

            @Override
            public int flow() {
                return 0;
            }

            @Override
            public void start(long now) {}
        };
        DriverCore core = new DriverCore(rig.kernel, device -> rig.driver, alias -> {
            asked.add(alias);
            return Optional.of(workload);
        });
        Device device = core.add("0018:01:00.0", "eth4", rig.tree.root());

        assertThat(asked).isEmpty();
        assertThat(device.workload()).containsSame(workload);
        assertThat(device.workload()).containsSame(workload);
        assertThat(asked).containsExactly("eth4");
    }

    @Test
    @DisplayName("mlx-driver.md 7: the call chain of a removal")
    void theCallTraceIsThatOfTheKernel() {
        Device device = rig.plug();
        rig.driver.remove = d -> rig.kernel.findings().report(FindingKind.BUG, "here", "stack wanted");
        rig.bound(device, () -> rig.devices.remove(device));

        assertThat(rig.findings(FindingKind.BUG).getFirst().stacks().getFirst().functions()).startsWith("pci_device_remove",
                "device_release_driver_internal", "device_release_driver", "pci_stop_bus_device", "pci_stop_and_remove_bus_device");
    }

    @Test
    void aVirtualDeviceIsReachedThroughItsOwnBus() {
        Device device = rig.plug("30000002", "veth");
        rig.driver.probe = d -> rig.kernel.findings().report(FindingKind.BUG, "probe", "stack wanted");
        rig.driver.remove = d -> rig.kernel.findings().report(FindingKind.BUG, "remove", "stack wanted");
        rig.bound(device, () -> rig.devices.unbind(device));

        assertThat(rig.findings(FindingKind.BUG)).extracting(finding -> finding.stacks().getFirst().functions().getFirst())
                .containsExactly("vio_bus_probe", "vio_bus_remove");
    }

    @Test
    void anOopsInRemoveLeavesTheMutexHeld() {
        Device device = rig.plug();
        rig.driver.remove = d -> {
            throw new KernelOops("remove dies");
        };
        rig.bound(device, () -> rig.devices.unbind(device));
        rig.run(() -> rig.devices.unbind(device));

        assertThat(device.bound()).as("never got past the callback").isTrue();
        assertThat(rig.findings(FindingKind.HUNG_TASK)).hasSize(1);
    }
}
