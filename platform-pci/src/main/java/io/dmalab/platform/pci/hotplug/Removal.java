package io.dmalab.platform.pci.hotplug;

/** How a PCI function is taken out of the system. */
public enum Removal {
    /** {@code echo 1 > /sys/bus/pci/devices/.../remove}: the software side only. */
    SYSFS,
    /** {@code echo 0 > /sys/bus/pci/slots/.../power}: pciehp removes, then turns the slot's power off. */
    SLOT,
    /** {@code echo 0 > sriov_numvfs} of the physical function: its driver takes its virtual functions away. */
    SRIOV,
    /** {@code echo ... > /sys/bus/pci/drivers/.../unbind}: the device stays, without a driver. */
    UNBIND,
    /** The card is pulled: the device answers no more before the kernel learns of it. */
    SURPRISE
}
