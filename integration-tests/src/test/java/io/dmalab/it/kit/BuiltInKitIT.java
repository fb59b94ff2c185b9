package io.dmalab.it.kit;

import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.Workload;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.Emulator;
import io.dmalab.core.plugin.Registered;
import io.dmalab.testkit.kit.BufferHolderKit;
import io.dmalab.testkit.kit.DeviceDriverKit;
import io.dmalab.testkit.kit.DmaAllocatorKit;
import io.dmalab.testkit.kit.FreePolicyKit;
import io.dmalab.testkit.kit.HotplugNotifierKit;
import io.dmalab.testkit.kit.IommuBackendKit;
import io.dmalab.testkit.kit.ObserverKit;
import io.dmalab.testkit.kit.WorkloadKit;
import io.dmalab.testkit.kit.world.Scene;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Every built-in extension passes the compatibility kit of its SPI; docs/kit-report.md says how many checks that were. */
class BuiltInKitIT {
    private static final Emulator EMULATOR = Emulator.load();

    @RegisterExtension
    static final KitReport REPORT = new KitReport(EMULATOR, Path.of(System.getProperty("dmalab.root"), "docs/kit-report.md"));

    private static Stream<String> ids(Class<?> spi) {
        return EMULATOR.extensions(spi).stream().map(Registered::id);
    }

    static Stream<String> policies() {
        return ids(FreePolicy.class);
    }

    static Stream<String> allocators() {
        return ids(DmaAllocator.class);
    }

    static Stream<String> backends() {
        return ids(IommuBackend.class);
    }

    static Stream<String> notifiers() {
        return ids(HotplugNotifier.class);
    }

    static Stream<String> drivers() {
        return ids(DeviceDriver.class);
    }

    static Stream<String> holders() {
        return ids(BufferHolder.class);
    }

    static Stream<String> workloads() {
        return ids(Workload.class);
    }

    static Stream<String> observers() {
        return ids(Observer.class);
    }

    @Nested
    @ParameterizedClass(name = "{0}")
    @MethodSource("io.dmalab.it.kit.BuiltInKitIT#policies")
    class Policies extends FreePolicyKit {
        private final String id;

        Policies(String id) {
            super(id);
            this.id = id;
        }

        @Override
        protected Scene scene() {
            return BuiltIns.PSERIES;
        }

        @Override
        protected boolean leaksByDesign() {
            return id.equals("leak-map");
        }

        /** A reference on the group is not what pSeries can have: a BUG in the remover. */
        @Override
        protected boolean failsByDesign() {
            return id.equals("iommu-group-reference");
        }
    }

    /** On the kit's own machine, as an author's policy is tested. */
    @Nested
    @ParameterizedClass(name = "{0}")
    @MethodSource("io.dmalab.it.kit.BuiltInKitIT#policies")
    class PoliciesOnTheKitsMachine extends FreePolicyKit {
        private final String id;

        PoliciesOnTheKitsMachine(String id) {
            super(id);
            this.id = id;
        }

        @Override
        protected boolean leaksByDesign() {
            return id.equals("leak-map");
        }
    }

    @Nested
    @ParameterizedClass(name = "{0}")
    @MethodSource("io.dmalab.it.kit.BuiltInKitIT#allocators")
    class Allocators extends DmaAllocatorKit {
        Allocators(String id) {
            super(id);
        }
    }

    @Nested
    @ParameterizedClass(name = "{0}")
    @MethodSource("io.dmalab.it.kit.BuiltInKitIT#backends")
    class Backends extends IommuBackendKit {
        private final String id;

        Backends(String id) {
            super(id);
            this.id = id;
        }

        @Override
        protected String machine() {
            return BuiltIns.machine(id);
        }

        @Override
        protected boolean translates() {
            return !Set.of("direct", "dma-direct", "pseries-direct").contains(id);
        }
    }

    @Nested
    @ParameterizedClass(name = "{0}")
    @MethodSource("io.dmalab.it.kit.BuiltInKitIT#notifiers")
    class Notifiers extends HotplugNotifierKit {
        Notifiers(String id) {
            super(id);
        }
    }

    @Nested
    @ParameterizedClass(name = "{0}")
    @MethodSource("io.dmalab.it.kit.BuiltInKitIT#drivers")
    class Drivers extends DeviceDriverKit {
        private final String id;

        Drivers(String id) {
            super(id);
            this.id = id;
        }

        @Override
        protected String configured() {
            return BuiltIns.DRIVERS.getOrDefault(id, id);
        }

        @Override
        protected Optional<String> traffic() {
            return id.startsWith("mlx") ? Optional.of("{ id: poisson, rate: 2kpps, packet-size: 1500B, duration: 3s }") : Optional.empty();
        }
    }

    @Nested
    @ParameterizedClass(name = "{0}")
    @MethodSource("io.dmalab.it.kit.BuiltInKitIT#holders")
    class Holders extends BufferHolderKit {
        private final String id;

        Holders(String id) {
            super(id);
            this.id = id;
        }

        @Override
        protected String configured() {
            return BuiltIns.HOLDERS.getOrDefault(id, id);
        }
    }

    @Nested
    @ParameterizedClass(name = "{0}")
    @MethodSource("io.dmalab.it.kit.BuiltInKitIT#workloads")
    class Workloads extends WorkloadKit {
        private final String id;

        Workloads(String id) {
            super(id);
            this.id = id;
        }

        @Override
        protected String configured() {
            return BuiltIns.WORKLOADS.getOrDefault(id, id);
        }
    }

    @Nested
    @ParameterizedClass(name = "{0}")
    @MethodSource("io.dmalab.it.kit.BuiltInKitIT#observers")
    class Observers extends ObserverKit {
        Observers(String id) {
            super(id);
        }

        @Override
        protected Map<String, String> options() {
            return Map.of();
        }
    }
}
