package io.dmalab.platform.pseries.hypervisor;

/** The page that ibm,configure-connector takes its connector from and leaves its answer in. */
public final class WorkArea {
    private final int drcIndex;
    private String name = "";
    private int length;

    public WorkArea(int drcIndex) {
        this.drcIndex = drcIndex;
    }

    public int drcIndex() {
        return drcIndex;
    }

    /** Name of the node or property of the last answer that had one. */
    public String name() {
        return name;
    }

    /** Length of the last property's value in bytes. */
    public int length() {
        return length;
    }

    void answer(ConnectorNode.Step step) {
        if (step.status() == RtasStatus.CC_NEXT_CHILD) {
            name = step.name();
        } else if (step.status() == RtasStatus.CC_NEXT_PROPERTY) {
            name = step.name();
            length = step.length();
        }
    }
}
