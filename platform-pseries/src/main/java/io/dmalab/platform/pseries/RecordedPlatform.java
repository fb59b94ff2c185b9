package io.dmalab.platform.pseries;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.Platform;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.platform.pseries.guest.GuestMachine;
import io.dmalab.platform.pseries.guest.RecordingOptions;
import jakarta.inject.Inject;
import java.util.Optional;

/** The machine of a recording: firmware as its header says, no device before the replayed kernel finds one. */
final class RecordedPlatform implements Platform {
    private final Kernel kernel;
    private final RecordingOptions options;
    private final GuestMachine machine;
    private final PseriesNotifiers notifiers;

    @Inject
    RecordedPlatform(Kernel kernel, RecordingOptions options, GuestMachine machine, PseriesNotifiers notifiers) {
        this.kernel = kernel;
        this.options = options;
        this.machine = machine;
        this.notifiers = notifiers;
    }

    @Override
    public Optional<String> refusesDevices() {
        return Optional.of("it is for replays only (dmalab conform --guest), and its devices are those of the recording");
    }

    @Override
    public void boot() {
        machine.boot(options, kernel.deviceTree());
        notifiers.register();
    }

    @Override
    public Device plug(String alias, int index) {
        throw new UnsupportedOperationException("the devices of a recorded machine are those of the recording");
    }

    @Override
    public Outcome remove(Device device) {
        throw new UnsupportedOperationException("the devices of a recorded machine go when the recording says so");
    }
}
