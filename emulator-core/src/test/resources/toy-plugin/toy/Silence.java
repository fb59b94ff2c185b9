package toy;

import io.dmalab.api.net.Workload;

final class Silence implements Workload {
    @Override
    public long next() {
        return Long.MAX_VALUE;
    }

    @Override
    public int bytes() {
        return 64;
    }

    @Override
    public int flow() {
        return 0;
    }

    @Override
    public void start(long now) {}
}
