package io.dmalab.platform.pseries.hypervisor;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Everything in which one hypervisor differs from another, as an immutable value: change a copy with {@link #withTce},
 * {@link #withDdw} and {@link #withDrc}.
 */
public record HypervisorProfile(String name, TceRules tce, DdwRules ddw, DrcRules drc) {

    /** QEMU's pseries machine (7.2), as the recordings show it. */
    public static final HypervisorProfile QEMU = new HypervisorProfile("qemu", TceRules.QEMU, DdwRules.QEMU, DrcRules.QEMU);

    /** PowerVM: LoPAR 2.9 where it speaks, else what the seed's log and patch texts show. */
    public static final HypervisorProfile PHYP = new HypervisorProfile("phyp", TceRules.PHYP, DdwRules.PHYP, DrcRules.PHYP);

    public HypervisorProfile withName(String newName) {
        return new HypervisorProfile(newName, tce, ddw, drc);
    }

    public HypervisorProfile withTce(UnaryOperator<TceRules.Builder> change) {
        return new HypervisorProfile(name, change.apply(tce.toBuilder()).build(), ddw, drc);
    }

    public HypervisorProfile withDdw(UnaryOperator<DdwRules.Builder> change) {
        return new HypervisorProfile(name, tce, change.apply(ddw.toBuilder()).build(), drc);
    }

    public HypervisorProfile withDrc(UnaryOperator<DrcRules> change) {
        return new HypervisorProfile(name, tce, ddw, change.apply(drc));
    }

    /** Every property by name ({@code tce.partialWrites}, ...) in the order of declaration, for comparing. */
    public Map<String, Object> properties() {
        Map<String, Object> properties = new LinkedHashMap<>();
        each((prefix, component, value) -> properties.put(prefix + component.getName(), value));
        return properties;
    }

    /** Told about each property. */
    @FunctionalInterface
    public interface Visitor {
        /** @param group {@code tce.}, {@code ddw.} or {@code drc.} */
        void property(String group, RecordComponent component, Object value);
    }

    /** Visits every property in the order of declaration. */
    public void each(Visitor visitor) {
        each("tce.", tce, visitor);
        each("ddw.", ddw, visitor);
        each("drc.", drc, visitor);
    }

    private static void each(String group, Record rules, Visitor visitor) {
        for (RecordComponent component : rules.getClass().getRecordComponents()) {
            try {
                visitor.property(group, component, component.getAccessor().invoke(rules));
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalStateException("cannot read " + group + component.getName(), e);
            }
        }
    }
}
