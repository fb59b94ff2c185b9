package io.dmalab.netstack.diagnose;

import io.dmalab.api.diagnose.Diagnosis;
import io.dmalab.api.diagnose.LogItem;
import io.dmalab.api.diagnose.Message;
import io.dmalab.api.diagnose.Place;
import io.dmalab.api.diagnose.Signature;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * B: pools that were destroyed with pages out and wait for them (facts: page-pool.md 7, real-world-reports.md B). Reads
 * page_pool_release_retry's warning with and without the pool's id; warnings without one are told apart by when their pool was destroyed.
 */
public final class StalledPoolSignature implements Signature {
    private static final int POOLS = 256;
    private static final Pattern WARNING = Pattern.compile("stalled pool shutdown:?(?: id (\\d{1,10}),)? (-?\\d{1,10}) inflight (\\d{1,10}) sec");
    private static final Pattern DEVICE = Pattern.compile("(\\S+ [\\w:.-]+): .*");

    private final Map<String, PoolSeries> pools = new LinkedHashMap<>();
    private long overflow;
    private boolean mlx5;

    @Override
    public void see(LogItem item) {
        if (!(item instanceof Message message)) {
            return;
        }
        mlx5 |= message.text().startsWith("mlx5_core ");
        if (!message.text().contains("stalled pool shutdown")) {
            return;
        }
        Place place = message.place();
        Matcher matcher = WARNING.matcher(place.text());
        if (!matcher.find()) {
            return;
        }
        long inFlight = Long.parseLong(matcher.group(2));
        long seconds = Long.parseLong(matcher.group(3));
        String id = matcher.group(1) == null ? "" : matcher.group(1);
        PoolSeries pool = id.isEmpty() ? anonymous(place, inFlight, seconds) : named(id, seconds);
        if (pool != null) {
            pool.add(place, inFlight, seconds);
        } else if (pools.size() < POOLS) {
            Matcher device = DEVICE.matcher(place.text().substring(0, matcher.start()));
            pools.put("pool " + pools.size(), new PoolSeries(place, id, device.matches() ? device.group(1) : "", inFlight, seconds));
        } else {
            overflow++;
        }
    }

    /** An id can come again after its pool has gone: then the seconds begin anew. */
    private PoolSeries named(String id, long seconds) {
        return pools.values().stream().filter(p -> p.id.equals(id) && seconds > p.lastSeconds).findFirst().orElse(null);
    }

    private PoolSeries anonymous(Place place, long inFlight, long seconds) {
        List<PoolSeries> candidates = pools.values().stream().filter(p -> p.id.isEmpty() && p.fits(place, inFlight, seconds)).toList();
        return candidates.stream().filter(p -> p.lastInFlight == inFlight).findFirst()
                .orElse(candidates.isEmpty() ? null : candidates.getFirst());
    }

    @Override
    public List<Diagnosis> diagnoses() {
        return pools.isEmpty() ? List.of() : List.of(new StalledPoolDiagnosis(new Resemblance.Stall(List.copyOf(pools.values()), mlx5), overflow).make());
    }
}
