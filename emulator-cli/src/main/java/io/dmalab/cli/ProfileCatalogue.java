package io.dmalab.cli;

import io.dmalab.api.profile.Profile;
import io.dmalab.api.profile.ProfileSet;
import io.dmalab.core.Emulator;
import io.dmalab.core.plugin.Registered;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Suggestion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every profile that the plugins have, by kind. */
final class ProfileCatalogue {
    private final Map<Registered<ProfileSet>, List<Profile>> sets = new LinkedHashMap<>();

    ProfileCatalogue(Emulator emulator) {
        emulator.extensions(ProfileSet.class).forEach(set -> sets.put(set, emulator.create(set).profiles()));
    }

    List<Registered<ProfileSet>> sets() {
        return List.copyOf(sets.keySet());
    }

    List<Profile> profiles(Registered<ProfileSet> set) {
        return sets.get(set);
    }

    /** The kind that a profile is of. */
    Registered<ProfileSet> setOf(String id) {
        return sets.keySet().stream().filter(set -> ids(set).contains(id)).findFirst()
                .orElseThrow(() -> unknown("profile", id, sets.keySet().stream().flatMap(set -> ids(set).stream()).toList()));
    }

    Profile profile(Registered<ProfileSet> set, String id) {
        return sets.get(set).stream().filter(profile -> profile.id().equals(id)).findFirst()
                .orElseThrow(() -> unknown(set.id() + " profile", id, ids(set)));
    }

    /** The profile before this one; the second for the first; none if it is alone. */
    Optional<Profile> neighbour(Registered<ProfileSet> set, Profile profile) {
        List<Profile> all = sets.get(set);
        int index = all.indexOf(profile);
        int other = index == 0 ? 1 : index - 1;
        return other < all.size() ? Optional.of(all.get(other)) : Optional.empty();
    }

    private List<String> ids(Registered<ProfileSet> set) {
        return sets.get(set).stream().map(Profile::id).toList();
    }

    private static BadInput unknown(String what, String id, List<String> known) {
        return BadInput.of("'" + id + "'", "no such " + what, Suggestion.remedy(id, known));
    }
}
