package io.dmalab.platform.pseries.hypervisor;

import static io.dmalab.platform.pseries.hypervisor.DrcTokens.ALLOCATION_STATE;
import static io.dmalab.platform.pseries.hypervisor.DrcTokens.DR_ENTITY_SENSE;
import static io.dmalab.platform.pseries.hypervisor.DrcTokens.DR_INDICATOR;
import static io.dmalab.platform.pseries.hypervisor.DrcTokens.ISOLATION_STATE;
import static io.dmalab.platform.pseries.hypervisor.DrcTokens.LIVE_INSERTION_DOMAIN;

/**
 * Indicators, sensors, power levels and configure-connector, after hw/ppc/spapr_drc.c and spapr_rtas.c (QEMU 7.2); leaves out every
 * sensor but dr-entity-sense and every power domain but the live-insertion one, whose level is always full.
 */
final class DrcRtas {
    private static final int INDICATOR_MAX = 3;
    private static final int POWER_FULL = 100;
    private static final int EXCEPTION_ARGS = 6;

    private final DrcConnectors connectors;

    DrcRtas(DrcConnectors connectors) {
        this.connectors = connectors;
    }

    int setIndicator(int[] args, int[] rets) {
        if (args.length != 3 || rets.length != 1) {
            return RtasStatus.PARAM_ERROR;
        }
        Connector connector = connectors.find(args[1]);
        if (connector == null) {
            return RtasStatus.PARAM_ERROR;
        }
        int value = args[2];
        return switch (args[0]) {
            case ISOLATION_STATE -> switch (value) {
                case 0 -> connectors.isolate(connector);
                case 1 -> connectors.unisolate(connector);
                default -> RtasStatus.PARAM_ERROR;
            };
            case DR_INDICATOR -> light(connector, value);
            case ALLOCATION_STATE -> allocate(connector, value);
            default -> RtasStatus.PARAM_ERROR;
        };
    }

    /** Writes the sensor's word whatever the status: 0 beside an error. */
    int getSensorState(int[] args, int[] rets) {
        Connector connector = null;
        if (args.length == 2 && rets.length == 2 && args[0] == DR_ENTITY_SENSE) {
            connector = connectors.find(args[1]);
        }
        if (rets.length > 1) {
            rets[1] = connector == null ? 0 : connector.entitySense();
        }
        return connector == null ? RtasStatus.PARAM_ERROR : RtasStatus.SUCCESS;
    }

    int setPowerLevel(int[] args, int[] rets) {
        return power(args, rets, 2);
    }

    int getPowerLevel(int[] args, int[] rets) {
        return power(args, rets, 1);
    }

    /** Takes the next hot-plug event; other events there are none. */
    int checkException(int[] args, int[] rets) {
        if (args.length < EXCEPTION_ARGS || args.length > EXCEPTION_ARGS + 1 || rets.length != 1) {
            return RtasStatus.PARAM_ERROR;
        }
        return connectors.takeEvent() ? RtasStatus.SUCCESS : RtasStatus.NO_ERRORS_FOUND;
    }

    int configureConnector(int[] args, int[] rets, WorkArea workArea) {
        if (args.length != 2 || rets.length != 1 || workArea == null) {
            return RtasStatus.PARAM_ERROR;
        }
        Connector connector = connectors.find(workArea.drcIndex());
        if (connector == null) {
            return RtasStatus.PARAM_ERROR;
        }
        if (connector.isIsolated()) {
            return RtasStatus.CC_NOT_CONFIGURABLE;
        }
        ConnectorNode.Step step = connector.nextStep();
        workArea.answer(step);
        return step.status();
    }

    private static int power(int[] args, int[] rets, int argCount) {
        if (args.length != argCount || rets.length != 2 || args[0] != LIVE_INSERTION_DOMAIN) {
            return RtasStatus.PARAM_ERROR;
        }
        rets[1] = POWER_FULL;
        return RtasStatus.SUCCESS;
    }

    private static int light(Connector connector, int value) {
        if (connector.type().isLogical() || value < 0 || value > INDICATOR_MAX) {
            return RtasStatus.PARAM_ERROR;
        }
        connector.setIndicator(value);
        return RtasStatus.SUCCESS;
    }

    private int allocate(Connector connector, int value) {
        if (!connector.type().isLogical()) {
            return RtasStatus.PARAM_ERROR;
        }
        return switch (value) {
            case 0 -> connectors.setUnusable(connector);
            case 1 -> connectors.setUsable(connector);
            default -> RtasStatus.PARAM_ERROR;
        };
    }
}
