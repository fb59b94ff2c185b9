package io.dmalab.core.imported;

import io.dmalab.core.scenario.BadInput;
import java.util.Optional;

/**
 * What a trace does not say about the scenario that is made of it.
 *
 * @param name   of the scenario
 * @param driver id of the driver, with options as on a command line: {@code mlx,rx=256}
 * @param mtu    bytes, 68 to 65535; larger packets are taken as several that were merged on their way
 * @param owner  interface or device whose traffic is taken; none: that with the most
 */
public record ScenarioOptions(String name, String driver, int mtu, Optional<String> owner) {
    public ScenarioOptions {
        if (!name.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
            throw BadInput.of("--name", "'" + name + "' is no name of a scenario", "use small letters, digits and single dashes");
        }
        if (mtu < 68 || mtu > 65_535) {
            throw BadInput.of("--mtu", mtu + " is out of range", "use 68 to 65535");
        }
    }
}
