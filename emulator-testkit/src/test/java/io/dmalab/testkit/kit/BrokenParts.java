package io.dmalab.testkit.kit;

import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.device.HotplugEvent;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventType;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.Buffers;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.api.net.Workload;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.testkit.kit.world.KitNic;
import jakarta.inject.Inject;

/** Notifiers, drivers, holders, workloads and observers that break a rule. */
final class BrokenParts {
    private static final long MILLISECOND = 1_000_000;

    private BrokenParts() {}

    static void register(Extensions extensions) {
        extensions.add(HotplugNotifier.class, "vetoing", Vetoing.class, "refuses what cannot be refused");
        extensions.add(HotplugNotifier.class, "restless", Restless.class, "has another priority after each event");
        driver(extensions, "map-leaker", MapLeaker.class, "leaves a mapping behind");
        driver(extensions, "late-mapper", LateMapper.class, "maps after its remove");
        driver(extensions, "clinging", Clinging.class, "keeps a reference on its device");
        driver(extensions, "page-leaker", PageLeaker.class, "keeps a page for itself");
        driver(extensions, "nameless", Nameless.class, "has a name with a blank");
        extensions.add(BufferHolder.class, "twice", Twice.class, "releases packets twice");
        extensions.add(BufferHolder.class, "lossy", Lossy.class, "forgets a packet in ten");
        extensions.add(BufferHolder.class, "boaster", Boaster.class, "counts more than it has while it is loaded");
        extensions.add(BufferHolder.class, "meddler", Meddler.class, "lets go for an interface that is not its own");
        extensions.add(BufferHolder.class, "silent", Silent.class, "gives no reason");
        extensions.add(Workload.class, "back-in-time", BackInTime.class, "goes back in time");
        extensions.add(Workload.class, "early-bird", EarlyBird.class, "sends before the start");
        extensions.add(Workload.class, "restarter", Restarter.class, "starts again when it is told so");
        extensions.add(Workload.class, "empty-packets", EmptyPackets.class, "sends packets without bytes");
        extensions.add(Workload.class, "frozen", Frozen.class, "sends all packets at once, for ever");
        extensions.add(Workload.class, "revenant", Revenant.class, "sends on after the end");
        extensions.add(Observer.class, "emitter", Emitter.class, "emits trace events");
        extensions.add(Observer.class, "counter", CounterRaiser.class, "raises a counter of the machine");
    }

    private static void driver(Extensions extensions, String id, Class<? extends DeviceDriver> type, String summary) {
        extensions.add(Extension.<DeviceDriver>of(DeviceDriver.class, id, type, summary));
    }

    static final class Vetoing implements HotplugNotifier {
        @Override
        public Answer notify(HotplugEvent event) {
            return event instanceof HotplugEvent.NodeDetached ? Answer.BAD : Answer.DONE;
        }
    }

    static final class Restless implements HotplugNotifier {
        private int priority;

        @Override
        public Answer notify(HotplugEvent event) {
            priority++;
            return Answer.OK;
        }

        @Override
        public int priority() {
            return priority;
        }
    }

    /** A driver that works, none of whose pages come back late. */
    private abstract static class Sound implements DeviceDriver {
        final Kernel kernel;
        private final KitNic sound;

        Sound(Kernel kernel) {
            this.kernel = kernel;
            this.sound = new KitNic(kernel, new KitNic.Options(300, 8, false));
        }

        @Override
        public String name() {
            return sound.name();
        }

        @Override
        public void probe(Device device) {
            sound.probe(device);
        }

        @Override
        public void up(Device device) {
            sound.up(device);
        }

        /** Waits until the last page is home, so that nothing is mapped when it returns. */
        @Override
        public void remove(Device device) {
            kernel.sched().msleep(200);
            sound.remove(device);
        }

        void after(long milliseconds, Runnable body) {
            kernel.sched().at(kernel.clock().now() + milliseconds * MILLISECOND, ContextKind.SOFTIRQ, 0, word -> body.run(), 0);
        }
    }

    /** 400 ms after it came up, so that it leaks in a long life only. */
    static final class MapLeaker extends Sound {
        private boolean removed;

        @Inject
        MapLeaker(Kernel kernel) {
            super(kernel);
        }

        @Override
        public void up(Device device) {
            super.up(device);
            after(400, () -> leak(device));
        }

        private void leak(Device device) {
            if (!removed && kernel.devices().all().contains(device)) {
                int page = kernel.pages().alloc();
                kernel.dma().mapPage(device, page, 0, kernel.pages().pageSize(), DmaDirection.FROM_DEVICE);
                kernel.pages().put(page);
            }
        }

        @Override
        public void remove(Device device) {
            removed = true;
            super.remove(device);
        }
    }

    /** Unmaps at once what it maps too late. */
    static final class LateMapper extends Sound {
        @Inject
        LateMapper(Kernel kernel) {
            super(kernel);
        }

        @Override
        public void remove(Device device) {
            super.remove(device);
            device.get();
            after(1, () -> {
                int page = kernel.pages().alloc();
                long address = kernel.dma().mapPage(device, page, 0, kernel.pages().pageSize(), DmaDirection.FROM_DEVICE);
                kernel.dma().unmapPage(device, address, kernel.pages().pageSize(), DmaDirection.FROM_DEVICE);
                kernel.pages().put(page);
                device.put();
            });
        }
    }

    static final class Clinging extends Sound {
        @Inject
        Clinging(Kernel kernel) {
            super(kernel);
        }

        @Override
        public void probe(Device device) {
            super.probe(device);
            device.get();
        }
    }

    static final class PageLeaker extends Sound {
        @Inject
        PageLeaker(Kernel kernel) {
            super(kernel);
        }

        @Override
        public void up(Device device) {
            super.up(device);
            kernel.pages().alloc();
        }
    }

    static final class Nameless extends Sound {
        @Inject
        Nameless(Kernel kernel) {
            super(kernel);
        }

        @Override
        public String name() {
            return "no name";
        }
    }

    /** A holder that works: each packet for ten milliseconds. */
    private abstract static class Holding implements BufferHolder {
        final Buffers buffers;
        private final Kernel kernel;
        int held;

        Holding(Kernel kernel, Buffers buffers) {
            this.kernel = kernel;
            this.buffers = buffers;
        }

        @Override
        public String reason() {
            return "test";
        }

        @Override
        public void take(int skb) {
            held++;
            kernel.sched().at(kernel.clock().now() + 10 * MILLISECOND, ContextKind.SOFTIRQ, kernel.sched().cpu(), word -> letGo(skb), 0);
        }

        void letGo(int skb) {
            held--;
            buffers.release(skb);
        }

        @Override
        public int held() {
            return held;
        }
    }

    static final class Twice extends Holding {
        @Inject
        Twice(Kernel kernel, Buffers buffers) {
            super(kernel, buffers);
        }

        @Override
        void letGo(int skb) {
            super.letGo(skb);
            buffers.release(skb);
        }
    }

    static final class Lossy extends Holding {
        private int taken;

        @Inject
        Lossy(Kernel kernel, Buffers buffers) {
            super(kernel, buffers);
        }

        @Override
        public void take(int skb) {
            if (++taken % 10 != 0) {
                super.take(skb);
            }
        }
    }

    static final class Boaster extends Holding {
        @Inject
        Boaster(Kernel kernel, Buffers buffers) {
            super(kernel, buffers);
        }

        @Override
        public int held() {
            return held == 0 ? 0 : held + 100;
        }
    }

    /** Of what it should not let go it forgets that it has it. */
    static final class Meddler extends Holding {
        @Inject
        Meddler(Kernel kernel, Buffers buffers) {
            super(kernel, buffers);
        }

        private int hidden;

        @Override
        public void on(HolderEvent event) {
            if (event instanceof HolderEvent.DeviceDown) {
                hidden = held;
            }
        }

        @Override
        public int held() {
            return Math.max(0, held - hidden);
        }
    }

    static final class Silent extends Holding {
        @Inject
        Silent(Kernel kernel, Buffers buffers) {
            super(kernel, buffers);
        }

        @Override
        public String reason() {
            return "";
        }
    }

    /** A workload that works: a packet every millisecond, a thousand of them. */
    private abstract static class Regular implements Workload {
        long first = -1;
        int packets;

        @Override
        public void start(long now) {
            first = first < 0 ? now : first;
        }

        @Override
        public long next() {
            return ++packets > 1000 ? Long.MAX_VALUE : first + packets * MILLISECOND;
        }

        @Override
        public int bytes() {
            return 1000;
        }

        @Override
        public int flow() {
            return packets % 4;
        }
    }

    static final class BackInTime extends Regular {
        @Override
        public long next() {
            long time = super.next();
            return packets == 500 ? time - 3 * MILLISECOND : time;
        }
    }

    static final class EarlyBird extends Regular {
        @Override
        public long next() {
            long time = super.next();
            return packets == 1 ? time - 5 * MILLISECOND : time;
        }
    }

    static final class Restarter extends Regular {
        @Override
        public void start(long now) {
            first = packets == 0 ? now : first;
        }
    }

    static final class EmptyPackets extends Regular {
        @Override
        public int bytes() {
            return packets % 100;
        }
    }

    static final class Frozen extends Regular {
        @Override
        public long next() {
            packets = packets % 100 + 1;
            return first + MILLISECOND;
        }
    }

    static final class Revenant extends Regular {
        @Override
        public long next() {
            long time = super.next();
            return packets == 1002 ? first + 2000 * MILLISECOND : time;
        }
    }

    static final class Emitter implements Observer {
        private static final EventType SEEN = EventType.synthetic("broken:end", "seen=%u", "seen");
        private final Kernel kernel;
        private boolean done;

        @Inject
        Emitter(Kernel kernel) {
            this.kernel = kernel;
        }

        @Override
        public boolean wantsEvents() {
            return true;
        }

        @Override
        public void event(TraceRecord event) {
            if (!done) {
                done = true;
                kernel.trace().emit(SEEN, 1);
            }
        }
    }

    static final class CounterRaiser implements Observer {
        private final Kernel kernel;

        @Inject
        CounterRaiser(Kernel kernel) {
            this.kernel = kernel;
        }

        @Override
        public void finding(FindingRecord finding) {
            kernel.metrics().counter("broken_findings").increment();
        }
    }
}
