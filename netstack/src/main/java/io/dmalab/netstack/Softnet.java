package io.dmalab.netstack;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import jakarta.inject.Inject;

/** The receive side of every CPU (struct softnet_data, net/core/dev.c, v6.14). */
@MachineScoped
public final class Softnet {
    private final Kernel kernel;
    private final KernelObject object;
    private final SoftnetCpu[] cpus;
    private final boolean[] offline;
    private SkbDeferLists deferLists;
    private Stack stack;

    @Inject
    public Softnet(Kernel kernel) {
        this.kernel = kernel;
        this.object = kernel.memory().global("softnet_data");
        this.cpus = new SoftnetCpu[kernel.sched().cpus()];
        this.offline = new boolean[cpus.length];
        for (int cpu = 0; cpu < cpus.length; cpu++) {
            cpus[cpu] = new SoftnetCpu(kernel, this, cpu);
        }
    }

    /** Puts the napi on its CPU's poll list and raises NET_RX there. */
    void schedule(Napi napi) {
        object.write("poll_list", napi.cpu());
        cpus[napi.cpu()].schedule(napi);
    }

    /** Back to the end of its CPU's poll list: it has more to do. */
    void repoll(Napi napi) {
        object.write("poll_list", napi.cpu());
        cpus[napi.cpu()].repoll(napi);
    }

    /** An IPI that raises NET_RX on a CPU (trigger_rx_softirq). */
    void kick(int cpu) {
        cpus[cpu].raise();
    }

    /** A CPU comes or goes. Its poll list moves with its interrupts, which the machine does not do. */
    void online(int cpu, boolean value) {
        offline[cpu] = !value;
    }

    boolean isOnline(int cpu) {
        return !offline[cpu];
    }

    KernelObject object() {
        return object;
    }

    /** A napi that has no interrupt of its own, on that CPU: the backlog's. */
    Napi backlogNapi(int cpu, NapiPoll poll) {
        Napi napi = new Napi(kernel, this, null, null, cpu, poll);
        napi.gro(false);
        napi.enable();
        return napi;
    }

    void deferLists(SkbDeferLists value) {
        deferLists = value;
    }

    void stack(Stack value) {
        stack = value;
    }

    /** What happens at the start of net_rx_action besides polling. */
    void rxAction(int cpu) {
        if (deferLists != null) {
            deferLists.flush(cpu);
        }
        if (stack != null) {
            stack.ranNetRx(cpu);
        }
    }
}
