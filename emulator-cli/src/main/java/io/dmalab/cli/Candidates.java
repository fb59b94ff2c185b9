package io.dmalab.cli;

import io.dmalab.api.kernel.Grade;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.profile.Profile;
import io.dmalab.api.profile.ProfileSet;
import io.dmalab.core.Emulator;
import io.dmalab.core.plugin.LoadedPlugin;
import io.dmalab.core.plugin.Registered;
import io.dmalab.core.scenario.Scenario;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a shell offers for completion: the script that {@code generate-completion} writes holds what there was when it was written, plugins and
 * scenarios of the installation included. Asked for nowhere else, so that no command loads plugins for it.
 */
abstract class Candidates implements Iterable<String> {
    abstract Stream<String> names(Emulator emulator);

    @Override
    public Iterator<String> iterator() {
        return names(Emulator.load(Installation.plugins(Optional.empty()), Installation.scenarios(Optional.empty()))).iterator();
    }

    static final class Scenarios extends Candidates {
        @Override
        Stream<String> names(Emulator emulator) {
            return emulator.scenarios().stream().map(Scenario::id);
        }
    }

    static final class SmallWorlds extends Candidates {
        @Override
        Stream<String> names(Emulator emulator) {
            return Stream.concat(Stream.of(Worlds.ALL), emulator.worlds().stream().map(Scenario::id));
        }
    }

    static final class ScenariosAndWorlds extends Candidates {
        @Override
        Stream<String> names(Emulator emulator) {
            return Stream.concat(emulator.scenarios().stream(), emulator.worlds().stream()).map(Scenario::id);
        }
    }

    static final class Policies extends Candidates {
        @Override
        Stream<String> names(Emulator emulator) {
            return emulator.extensions(FreePolicy.class).stream().map(Registered::id);
        }
    }

    static final class Plugins extends Candidates {
        @Override
        Stream<String> names(Emulator emulator) {
            return emulator.plugins().stream().map(LoadedPlugin::id);
        }
    }

    static class Profiles extends Candidates {
        @Override
        Stream<String> names(Emulator emulator) {
            ProfileCatalogue catalogue = new ProfileCatalogue(emulator);
            return catalogue.sets().stream().filter(this::wants).flatMap(set -> catalogue.profiles(set).stream()).map(Profile::id);
        }

        boolean wants(Registered<ProfileSet> set) {
            return true;
        }
    }

    static final class Kernels extends Profiles {
        @Override
        boolean wants(Registered<ProfileSet> set) {
            return set.id().equals("kernel");
        }
    }

    /** Words of an option, in the letters in which one types them. */
    abstract static class Words implements Iterable<String> {
        private final List<? extends Enum<?>> values;

        private Words(Enum<?>... values) {
            this.values = Arrays.asList(values);
        }

        @Override
        public Iterator<String> iterator() {
            return values.stream().map(value -> value.name().toLowerCase(Locale.ROOT)).iterator();
        }
    }

    static final class Grades extends Words {
        Grades() {
            super(Grade.values());
        }
    }

    static final class Timers extends Words {
        Timers() {
            super(Scenario.Timers.values());
        }
    }

    static final class Switches extends Words {
        Switches() {
            super(Changed.Switch.values());
        }
    }
}
