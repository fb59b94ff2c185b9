package io.dmalab.platform.pseries.policy;

import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.policy.DetachStep;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.PoolGuard;
import io.dmalab.api.policy.TableGuard;
import io.dmalab.api.policy.TableHandle;
import io.dmalab.api.policy.TableRelease;
import io.dmalab.api.policy.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A policy that is made when it is first asked: one that wants parts of the partition which it is given to. */
record Late(Supplier<FreePolicy> maker, FreePolicy[] made) implements FreePolicy {
    Late(Supplier<FreePolicy> maker) {
        this(maker, new FreePolicy[1]);
    }

    private FreePolicy policy() {
        if (made[0] == null) {
            made[0] = maker.get();
        }
        return made[0];
    }

    @Override
    public Verdict beforeRemoval(Device device) {
        return policy().beforeRemoval(device);
    }

    @Override
    public void deviceGone(Device device) {
        policy().deviceGone(device);
    }

    @Override
    public List<DetachStep> detachPlan() {
        return policy().detachPlan();
    }

    @Override
    public Verdict releaseTable(TableRelease table) {
        return policy().releaseTable(table);
    }

    @Override
    public TableGuard guardTable(TableHandle table) {
        return policy().guardTable(table);
    }

    @Override
    public PoolGuard guardPool(Device device, int poolSize) {
        return policy().guardPool(device, poolSize);
    }

    @Override
    public boolean watchesMappings() {
        return policy().watchesMappings();
    }

    @Override
    public void mapped(Device device, long dmaAddress, long bytes, DmaDirection direction) {
        policy().mapped(device, dmaAddress, bytes, direction);
    }

    @Override
    public boolean unmapping(Device device, long dmaAddress, long bytes, DmaDirection direction) {
        return policy().unmapping(device, dmaAddress, bytes, direction);
    }

    @Override
    public Optional<String> iommuBackend() {
        return policy().iommuBackend();
    }

    @Override
    public boolean groupMayOutlive() {
        return policy().groupMayOutlive();
    }
}
