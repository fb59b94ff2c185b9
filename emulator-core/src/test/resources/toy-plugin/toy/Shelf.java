package toy;

import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.net.BufferHolder;
import jakarta.inject.Inject;

final class Shelf implements BufferHolder {
    record Options(@Option(value = "30s", doc = "how long") HoldTime hold, @Option(value = "oak", doc = "what it is made of") String wood) {}

    private final Options options;

    @Inject
    Shelf(Options options) {
        this.options = options;
    }

    @Override
    public String reason() {
        return options.wood() + " shelf";
    }

    @Override
    public void take(int skb) {}

    @Override
    public int held() {
        return 0;
    }
}
