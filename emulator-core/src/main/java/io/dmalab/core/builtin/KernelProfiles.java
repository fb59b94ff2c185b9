package io.dmalab.core.builtin;

import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.profile.Profile;
import io.dmalab.api.profile.ProfileSet;
import io.dmalab.api.profile.Property;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;

/** The kernel versions, in words. */
public final class KernelProfiles implements ProfileSet {
    @Override
    public List<Profile> profiles() {
        return KernelProfile.all().stream().map(KernelProfiles::profile).toList();
    }

    private static Profile profile(KernelProfile kernel) {
        List<Property> properties = new ArrayList<>();
        for (RecordComponent component : KernelProfile.class.getRecordComponents()) {
            if (!component.getName().equals("id")) {
                properties.add(Property.of("", component, value(kernel, component)));
            }
        }
        return new Profile(kernel.id(), "Linux " + kernel.release(), properties);
    }

    private static Object value(KernelProfile kernel, RecordComponent component) {
        try {
            return component.getAccessor().invoke(kernel);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("cannot read " + component.getName(), e);
        }
    }
}
