package toy;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.device.Platform;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.Workload;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.policy.FreePolicy;

/** A machine that is small enough to be read at once: what the core's own tests run on. */
public final class ToyPlugin implements EmulatorPlugin {
    @Override
    public String id() {
        return "toy";
    }

    @Override
    public String summary() {
        return "A platform, a driver, a holder and a policy for tests";
    }

    @Override
    public void register(Extensions extensions) {
        extensions.add(Extension.of(Platform.class, "toy", ToyPlatform.class, "one slot a device").options(ToyPlatform.Options.class));
        extensions.add(Extension.of(DeviceDriver.class, "toy", ToyDriver.class, "maps pages, lets a worker unmap them late")
                .options(ToyDriver.Options.class));
        extensions.add(Extension.of(BufferHolder.class, "shelf", Shelf.class, "keeps packets").options(Shelf.Options.class));
        extensions.add(Workload.class, "silence", Silence.class, "no packet ever");
        extensions.add(Extension.of(FreePolicy.class, "patient", Patient.class, "waits for the worker").options(Patient.Options.class));
        extensions.add(Extension.of(Observer.class, "diary", Diary.class, "writes down what an observer is told")
                .options(Diary.Options.class));
        extensions.events(ToyDriver.TOUCHED);
        extensions.provide(Census.class, ShelfCensus.class);
    }
}
