package io.dmalab.testkit.kit;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.Workload;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.policy.FreePolicy;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The kits as the author of {@link BrokenPlugin} would have them. Run by {@link BrokenPluginTest} alone: they fail, as they must. */
final class BrokenKits {
    private static final List<EmulatorPlugin> PLUGINS = List.of(new BrokenPlugin());

    private BrokenKits() {}

    static Stream<String> policies() {
        return BrokenRules.ids(FreePolicy.class);
    }

    static Stream<String> allocators() {
        return BrokenRules.ids(DmaAllocator.class);
    }

    static Stream<String> backends() {
        return BrokenRules.ids(IommuBackend.class);
    }

    static Stream<String> notifiers() {
        return BrokenRules.ids(HotplugNotifier.class);
    }

    static Stream<String> drivers() {
        return BrokenRules.ids(DeviceDriver.class);
    }

    static Stream<String> holders() {
        return BrokenRules.ids(BufferHolder.class);
    }

    static Stream<String> workloads() {
        return BrokenRules.ids(Workload.class);
    }

    static Stream<String> observers() {
        return BrokenRules.ids(Observer.class);
    }

    @ParameterizedClass(name = "{0}")
    @MethodSource("io.dmalab.testkit.kit.BrokenKits#policies")
    static class Policies extends FreePolicyKit {
        Policies(String id) {
            super(id);
        }

        @Override
        protected List<EmulatorPlugin> plugins() {
            return PLUGINS;
        }
    }

    @ParameterizedClass(name = "{0}")
    @MethodSource("io.dmalab.testkit.kit.BrokenKits#allocators")
    static class Allocators extends DmaAllocatorKit {
        Allocators(String id) {
            super(id);
        }

        @Override
        protected List<EmulatorPlugin> plugins() {
            return PLUGINS;
        }
    }

    @ParameterizedClass(name = "{0}")
    @MethodSource("io.dmalab.testkit.kit.BrokenKits#backends")
    static class Backends extends IommuBackendKit {
        Backends(String id) {
            super(id);
        }

        @Override
        protected List<EmulatorPlugin> plugins() {
            return PLUGINS;
        }
    }

    @ParameterizedClass(name = "{0}")
    @MethodSource("io.dmalab.testkit.kit.BrokenKits#notifiers")
    static class Notifiers extends HotplugNotifierKit {
        Notifiers(String id) {
            super(id);
        }

        @Override
        protected List<EmulatorPlugin> plugins() {
            return PLUGINS;
        }
    }

    @ParameterizedClass(name = "{0}")
    @MethodSource("io.dmalab.testkit.kit.BrokenKits#drivers")
    static class Drivers extends DeviceDriverKit {
        Drivers(String id) {
            super(id);
        }

        @Override
        protected List<EmulatorPlugin> plugins() {
            return PLUGINS;
        }
    }

    @ParameterizedClass(name = "{0}")
    @MethodSource("io.dmalab.testkit.kit.BrokenKits#holders")
    static class Holders extends BufferHolderKit {
        Holders(String id) {
            super(id);
        }

        @Override
        protected List<EmulatorPlugin> plugins() {
            return PLUGINS;
        }
    }

    @ParameterizedClass(name = "{0}")
    @MethodSource("io.dmalab.testkit.kit.BrokenKits#workloads")
    static class Workloads extends WorkloadKit {
        Workloads(String id) {
            super(id);
        }

        @Override
        protected List<EmulatorPlugin> plugins() {
            return PLUGINS;
        }
    }

    @ParameterizedClass(name = "{0}")
    @MethodSource("io.dmalab.testkit.kit.BrokenKits#observers")
    static class Observers extends ObserverKit {
        Observers(String id) {
            super(id);
        }

        @Override
        protected List<EmulatorPlugin> plugins() {
            return PLUGINS;
        }
    }
}
