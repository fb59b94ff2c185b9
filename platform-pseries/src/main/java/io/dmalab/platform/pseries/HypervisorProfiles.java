package io.dmalab.platform.pseries;

import io.dmalab.api.config.ByteSize;
import io.dmalab.api.profile.Profile;
import io.dmalab.api.profile.ProfileSet;
import io.dmalab.api.profile.Property;
import io.dmalab.platform.pseries.hypervisor.DdwRules.LiobnScheme;
import io.dmalab.platform.pseries.hypervisor.Hcall;
import io.dmalab.platform.pseries.hypervisor.HypervisorProfile;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The hypervisors, in words. */
public final class HypervisorProfiles implements ProfileSet {
    /** From here on a number is an address or a mask and reads better in hex. */
    private static final long HEX_FROM = 1 << 16;

    @Override
    public List<Profile> profiles() {
        return List.of(profile(HypervisorProfile.PHYP, "PowerVM: LoPAR 2.9, and what the seed's log and patch texts show"),
                profile(HypervisorProfile.QEMU, "QEMU's pseries machine, as the recordings show it"));
    }

    private static Profile profile(HypervisorProfile hypervisor, String summary) {
        List<Property> properties = new ArrayList<>();
        hypervisor.each((group, component, value) -> properties.add(Property.of(group, component, text(component, value))));
        return new Profile(hypervisor.name(), summary, properties);
    }

    private static Object text(RecordComponent component, Object value) {
        String name = component.getName();
        if (value instanceof LiobnScheme scheme) {
            return String.format(Locale.ROOT, "0x%x | bridge << %d | %d + window * %d", scheme.base(), scheme.phbShift(), scheme.offset(),
                    scheme.stride());
        }
        if (value instanceof Enum<?> choice) {
            return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
        if (!(value instanceof Long number)) {
            return value;
        }
        if (name.endsWith("Code")) {
            return Hcall.name(number) + " (" + number + ")";
        }
        if (name.endsWith("Bytes")) {
            return new ByteSize(number);
        }
        if (name.equals("pageSizes")) {
            return IntStream.range(0, Long.SIZE).filter(bit -> (number >>> bit & 1) != 0)
                    .mapToObj(bit -> new ByteSize(1L << bit).toString()).collect(Collectors.joining(", "));
        }
        if (number == -1) {
            return "no limit";
        }
        return number < HEX_FROM ? value : "0x" + Long.toHexString(number);
    }
}
