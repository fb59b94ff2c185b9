package io.dmalab.platform.pseries.hypervisor;

import static io.dmalab.platform.pseries.hypervisor.Hcall.H_P4;
import static io.dmalab.platform.pseries.hypervisor.Hcall.H_PARAMETER;
import static io.dmalab.platform.pseries.hypervisor.Hcall.H_PARTIAL;
import static io.dmalab.platform.pseries.hypervisor.Hcall.H_SUCCESS;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.profile.Profile;
import io.dmalab.api.profile.Property;
import io.dmalab.platform.pseries.HypervisorProfiles;
import io.dmalab.platform.pseries.hypervisor.DdwRules.LiobnReuse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Where the two hypervisors differ, each difference is one named property, and one experiment for each shows it: the same calls on both,
 * with different answers. A property that differs and has no experiment fails {@link #everyDifferenceHasAnExperiment}.
 */
class ProfileDifferencesTest {

    /**
     * The same calls on any hypervisor.
     *
     * @param property as {@code dmalab profiles show} lists it
     * @param given what both profiles need so that the property shows at all
     * @param calls what is done, and what is seen
     */
    private record Experiment(String property, String what, Object onQemu, Object onPhyp, UnaryOperator<HypervisorProfile> given,
            Function<ProfileBench, Object> calls) {
        Experiment(String property, String what, Object onQemu, Object onPhyp, Function<ProfileBench, Object> calls) {
            this(property, what, onQemu, onPhyp, UnaryOperator.identity(), calls);
        }

        Object run(HypervisorProfile profile) {
            return calls.apply(new ProfileBench(given.apply(profile)));
        }

        @Override
        public String toString() {
            return property + ": " + what;
        }
    }

    static Stream<Experiment> experiments() {
        return Stream.of(hypercalls(), windows(), connectors()).flatMap(s -> s);
    }

    private static Stream<Experiment> hypercalls() {
        return Stream.of(
                new Experiment("tce.stuffCountMax", "513 entries in one stuff call are accepted", true, false,
                        b -> b.tce.hStuffTce(b.liobn, 0, 0, 513) == H_SUCCESS),
                new Experiment("tce.stuffCountExceededCode", "answer to more entries than the limit", H_PARAMETER, H_P4,
                        profile -> profile.withTce(t -> t.stuffCountMax(512)), b -> b.tce.hStuffTce(b.liobn, 0, 0, 513)),
                new Experiment("tce.zeroCountCode", "answers to a count of 0, stuff and indirect", List.of(H_PARAMETER, H_PARAMETER),
                        List.of(H_SUCCESS, H_SUCCESS),
                        b -> List.of(b.tce.hStuffTce(b.liobn, 0, 0, 0), b.indirect(0, ProfileBench.LIST, 0))),
                new Experiment("tce.partialWrites", "entries that are there after a list that runs past the window's end", 2L, 0L, b -> {
                    assertThat(b.indirect(b.window.sizeBytes() - 0x2000, ProfileBench.LIST, 4)).isEqualTo(H_PARAMETER);
                    return b.window.liveEntries();
                }),
                new Experiment("tce.misalignedIobaRounded", "answer to an address inside a page", H_SUCCESS, H_PARAMETER,
                        b -> b.tce.hPutTce(b.liobn, 0x1234, 0x10003)),
                new Experiment("tce.indirectListInMemory", "answer to a list outside the partition's memory", H_SUCCESS, H_PARAMETER,
                        b -> b.indirect(0, ProfileBench.FOREIGN, 1)),
                new Experiment("tce.tceOwnershipChecked", "answer to an entry with somebody else's page", H_SUCCESS, H_PARAMETER,
                        b -> b.tce.hPutTce(b.liobn, 0, ProfileBench.FOREIGN | 3)),
                new Experiment("tce.foreignEntriesMasked", "reading an entry with somebody else's page",
                        List.of(H_SUCCESS, ProfileBench.FOREIGN | 3), List.of(H_PARTIAL, 0xffff_ffff_ffff_f003L),
                        profile -> profile.withTce(t -> t.tceOwnershipChecked(true)), b -> {
                            b.window.put(0, ProfileBench.FOREIGN | 3);
                            return List.of(b.tce.hGetTce(b.liobn, 0), b.tce.output());
                        }));
    }

    private static Stream<Experiment> windows() {
        return Stream.of(
                new Experiment("ddw.sriovWindowsMax", "windows that an SR-IOV port has left", 1, 0, b -> b.query(b.sriovPort(), 6)[1]),
                new Experiment("ddw.defaultWindowBytes", "an entry at 1 GiB of the default window", H_PARAMETER, H_SUCCESS,
                        b -> b.tce.hPutTce(b.liobn, 1L << 30, 0x10003)),
                new Experiment("ddw.firstWindowAtDefaultBase", "place of a window that is made when there is none", 0L, 1L << 59, b -> {
                    b.remove(b.liobn);
                    b.create(16, 30);
                    return b.phb.windows().getFirst().base();
                }),
                new Experiment("ddw.pageSizes", "status of creating a window of 16 MiB pages", 0, RtasStatus.PARAM_ERROR,
                        b -> b.create(24, 30)[0]),
                new Experiment("ddw.largestBlock", "largest window, 64-bit form", List.of(0x20, 0), List.of(4, 0), b -> {
                    int[] answer = b.query(b.phb, 6);
                    return List.of(answer[2], answer[3]);
                }),
                new Experiment("ddw.largestBlock32", "largest window, 32-bit form", 0x8000_0000, 0xffff_ffff, b -> b.query(b.phb, 5)[2]),
                new Experiment("ddw.createEntriesMax", "status of creating a window of 2^32 entries", RtasStatus.HW_ERROR, 0,
                        b -> b.create(12, 44)[0]),
                new Experiment("ddw.limitedAddressMode", "status of a reset with a fourth input", RtasStatus.PARAM_ERROR, 0,
                        b -> b.call(RtasCall.RESET_PE_DMA_WINDOW, 1, 0, b.high(b.phb), b.low(b.phb), 1)[0]),
                new Experiment("ddw.defaultKnownByLiobn", "windows after the last one goes, which had taken over the default one's number",
                        0, 1, profile -> profile.withDdw(d -> d.liobnReuse(LiobnReuse.SAME_PE_ALL)), b -> {
                            b.remove(b.liobn);
                            assertThat(Integer.toUnsignedLong(b.create(16, 30)[1])).isEqualTo(b.liobn);
                            b.remove(b.liobn);
                            return b.phb.windows().size();
                        }),
                new Experiment("ddw.phbWindowsLinger", "an entry in a window of a bridge that went", H_SUCCESS, H_PARAMETER, b -> {
                    b.hypervisor.removePhb(b.phb.config().buid());
                    return b.tce.hPutTce(b.liobn, 0, 0x10003);
                }),
                new Experiment("ddw.liobns", "numbers of bridge 1's windows", List.of(0x8000_0100L, 0x8000_0101L),
                        List.of(0x7000_0014L, 0x7000_0016L), b -> List.of(b.liobn, Integer.toUnsignedLong(b.create(16, 30)[1]))),
                new Experiment("ddw.liobnReuse", "a new window takes the number of the default one that went", true, false, b -> {
                    b.remove(b.liobn);
                    return Integer.toUnsignedLong(b.create(16, 30)[1]) == b.liobn;
                }));
    }

    private static Stream<Experiment> connectors() {
        return Stream.of(
                new Experiment("drc.isolateRestoresWindows", "created windows after the bridge was isolated", 1L, 0L, b -> {
                    b.create(16, 30);
                    assertThat(b.isolate(b.bridgeConnector())).isZero();
                    return b.phb.windows().stream().filter(window -> !window.isDefaultWindow()).count();
                }),
                new Experiment("drc.multiLevelChecked", "status of isolating a bridge first", 0, RtasStatus.MULTI_LEVEL_ISOLATION, b -> {
                    b.functionConnector();
                    return b.isolate(b.bridgeConnector());
                }),
                new Experiment("drc.unusableClosesWindows", "an entry in a window of an unusable bridge", H_SUCCESS, H_PARAMETER, b -> {
                    int drc = b.bridgeConnector();
                    assertThat(b.isolate(drc)).isZero();
                    assertThat(b.setUnusable(drc)).isZero();
                    return b.tce.hPutTce(b.liobn, 0, 0x10003);
                }),
                new Experiment("drc.unplugRequestGates", "status of isolating a memory block that nobody asked for", RtasStatus.HW_ERROR, 0,
                        b -> b.isolate(b.memoryConnector())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("experiments")
    @DisplayName("tce-hcalls.md 4, ddw.md 2, dlpar-and-notifiers.md 2: the two hypervisors answer differently")
    void bothAnswer(Experiment experiment) {
        assertThat(experiment.run(HypervisorProfile.QEMU)).as("qemu").isEqualTo(experiment.onQemu());
        assertThat(experiment.run(HypervisorProfile.PHYP)).as("phyp").isEqualTo(experiment.onPhyp());
    }

    /** One property for one difference: nothing else in the profile has a part in it. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("experiments")
    @DisplayName("tce-hcalls.md 4, ddw.md 2, dlpar-and-notifiers.md 2: the named property alone makes the difference")
    void thePropertyAloneDecides(Experiment experiment) {
        assertThat(experiment.run(ProfileBench.with(HypervisorProfile.QEMU, HypervisorProfile.PHYP, experiment.property())))
                .as("qemu but for this property").isEqualTo(experiment.onPhyp());
        assertThat(experiment.run(ProfileBench.with(HypervisorProfile.PHYP, HypervisorProfile.QEMU, experiment.property())))
                .as("phyp but for this property").isEqualTo(experiment.onQemu());
    }

    @Test
    @DisplayName("what differs by 'dmalab profiles show phyp --against qemu' is what the experiments are about")
    void everyDifferenceHasAnExperiment() {
        List<Profile> listed = new HypervisorProfiles().profiles();
        Map<String, String> qemu = values(listed, "qemu");
        Map<String, String> phyp = values(listed, "phyp");
        assertThat(qemu.keySet()).isEqualTo(phyp.keySet());
        List<String> different = qemu.keySet().stream().filter(name -> !qemu.get(name).equals(phyp.get(name))).toList();
        assertThat(experiments().map(Experiment::property)).containsExactlyInAnyOrderElementsOf(different);
    }

    private static Map<String, String> values(List<Profile> listed, String id) {
        return listed.stream().filter(profile -> profile.id().equals(id)).flatMap(profile -> profile.properties().stream())
                .collect(Collectors.toMap(Property::name, Property::value, (one, other) -> one, TreeMap::new));
    }
}
