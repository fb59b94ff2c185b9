package io.dmalab.core.kernel;

import io.dmalab.api.device.DeviceTree;
import io.dmalab.api.device.Devices;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.kernel.Architecture;
import io.dmalab.api.kernel.Clock;
import io.dmalab.api.kernel.Findings;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.kernel.Locks;
import io.dmalab.api.kernel.Memory;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.kernel.Pages;
import io.dmalab.api.kernel.Printk;
import io.dmalab.api.kernel.RandomStreams;
import io.dmalab.api.kernel.Rcu;
import io.dmalab.api.kernel.Scheduler;
import io.dmalab.api.kernel.TimerList;
import io.dmalab.api.kernel.Trace;
import io.dmalab.api.kernel.Workqueue;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.api.observe.LogLine;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.explore.Setup;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The kernel of one machine: makes its parts and hands them out. Not thread-safe; everything happens on the thread that calls {@link
 * #run}, which must be a platform thread.
 */
public final class SimKernel implements Kernel, AutoCloseable {
    private final KernelConfig config;
    private final RandomStreams random;
    private final SimScheduler sched;
    private final Scheduler calls;
    /** In an exploring run only. */
    private final Controller controller;
    private final SimClock clock;
    private final Lives lives;
    private final TraceLog trace;
    private final LogBuffer log;
    private final FindingLog findings;
    private final LifetimeMonitor memory;
    private final PageAllocator pages;
    private final SimLocks locks;
    private final Rcu rcu;
    private final Workqueues workqueues;
    private final MetricsTable metrics = new MetricsTable();
    private DeviceTree deviceTree;
    private Devices devices;
    private DmaApi dma;
    private FreePolicy policy;

    public SimKernel(KernelConfig config, RandomStreams random) {
        this(config, random, Optional.empty());
    }

    /** @param exploration who chooses what goes on; without one, time does */
    public SimKernel(KernelConfig config, RandomStreams random, Optional<Setup> exploration) {
        this.config = config;
        this.random = random;
        this.controller = exploration.map(setup -> new Controller(setup, config.cpus())).orElse(null);
        this.sched = new SimScheduler(config, controller);
        if (controller != null) {
            controller.scheduler(sched);
        }
        this.calls = new SchedulerCalls(config, sched, () -> random.stream("choices"));
        this.clock = new SimClock(sched, config.hz());
        this.lives = new Lives(sched);
        config.observers().forEach(lives::observe);
        this.trace = new TraceLog(config, sched);
        this.log = new LogBuffer(config, sched, trace);
        this.findings = new FindingLog(config, sched, trace);
        Complaints complaints = new Complaints(config, sched, log, findings);
        sched.complaints(complaints);
        this.memory = new LifetimeMonitor(config, sched, lives, findings, log, random.stream("memory reuse"));
        this.pages = new PageAllocator(config, lives, findings);
        this.locks = new SimLocks(sched, new Lockdep(sched, log, findings), complaints);
        this.rcu = new SimRcu(sched, calls);
        this.workqueues = new Workqueues(sched);
    }

    /** Puts in the parts that stand on this kernel. Once, before anything asks for them. */
    public void attach(DeviceTree newTree, Devices newDevices, DmaApi newDma) {
        deviceTree = newTree;
        devices = newDevices;
        dma = newDma;
    }

    /** Layout of oopses and call traces; powerpc's unless said otherwise. Before anything has happened. */
    public void architecture(Architecture architecture) {
        log.dump().layout(ArchLayout.of(architecture));
    }

    /** The policy of this machine. Once, before anything asks for it. */
    public void policy(FreePolicy newPolicy) {
        policy = newPolicy;
    }

    /** One more observer, told after those of the configuration. Before anything has happened. */
    public void observe(Observer observer) {
        trace.observe(observer);
        log.observe(observer);
        findings.observe(observer);
        lives.observe(observer);
    }

    /**
     * Delivers events until nothing is left to happen or a limit is reached.
     *
     * @throws ModelFailure if model code fails other than by a kernel oops
     */
    public StopReason run() {
        StopReason reason = sched.run(config.timeLimitNanos(), config.eventLimit());
        if (controller != null) {
            memory.explore();
            reason = controller.explore();
        }
        trace.mixEnd(reason);
        return reason;
    }

    /** An exploring run begins to choose with the first event that is due at {@code time} or later; no effect on an ordinary one. */
    public void exploreFrom(long time) {
        if (controller != null) {
            controller.from(time);
        }
    }

    /** Runs {@code check} after every event: for tests that watch an invariant all the time. */
    public void afterEveryEvent(Runnable check) {
        sched.loop().afterEvent(check);
    }

    /** Unwinds the tasks that have not ended. */
    @Override
    public void close() {
        sched.close();
    }

    /** The running call stack, innermost first, as {@code symbol+0xoff/0xlen}; at most {@code depthMax} functions. */
    public List<String> stack(int depthMax) {
        return StackDump.locations(StackTraces.capture(), "stack_trace_save", depthMax);
    }

    /** Where observers are told of mappings, pages and objects. */
    public Lives lives() {
        return lives;
    }

    public KernelConfig config() {
        return config;
    }

    /** The running task begins a removal: who waits for its locks from now on is counted. */
    public void removalBegins() {
        sched.tasks().removers().begin(sched.current.task);
    }

    /** Its removal has returned. */
    public void removalEnds() {
        sched.tasks().removers().end(sched.current.task);
    }

    /** Counts the tasks that still wait for a remover's locks; once, after the run. */
    public void countCollateral() {
        sched.tasks().removers().count(metrics);
    }

    /** The kernel log so far. */
    public List<LogLine> logLines() {
        return log.lines();
    }

    /** Findings so far, in order of first occurrence, with their counts. */
    public List<FindingRecord> findingRecords() {
        return findings.records();
    }

    public MetricsTable metricsTable() {
        return metrics;
    }

    /** Digest of the event stream so far. */
    public long digest() {
        return trace.digest();
    }

    /** Events delivered so far. */
    public long eventCount() {
        return sched.loop().events();
    }

    /** Changes whenever the machine goes on; other threads may look at it. */
    long beats() {
        return sched.loop().beats();
    }

    /** The thread that model code is running on. @param loop the machine's own */
    Thread carrier(Thread loop) {
        return sched.carrier(loop);
    }

    /** Who scheduled what, just before the limit on events was reached: stacks, innermost method first. */
    public List<StackTraceElement[]> lastScheduled() {
        return sched.loop().lastScheduled();
    }

    /** Virtual nanoseconds now; never beyond the time limit. */
    public long now() {
        return Math.min(sched.now(), config.timeLimitNanos());
    }

    @Override
    public KernelProfile profile() {
        return config.profile();
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public Scheduler sched() {
        return calls;
    }

    @Override
    public Locks locks() {
        return locks;
    }

    @Override
    public Rcu rcu() {
        return rcu;
    }

    @Override
    public Printk printk() {
        return log;
    }

    @Override
    public Memory memory() {
        return memory;
    }

    @Override
    public Pages pages() {
        return pages;
    }

    @Override
    public Trace trace() {
        return trace;
    }

    @Override
    public Metrics metrics() {
        return metrics;
    }

    @Override
    public Findings findings() {
        return findings;
    }

    @Override
    public RandomStreams random() {
        return random;
    }

    @Override
    public Workqueue events() {
        return workqueues.queue("events");
    }

    @Override
    public Workqueue workqueue(String name) {
        return workqueues.queue(name);
    }

    @Override
    public TimerList timer(String function, Runnable body) {
        return new SimTimer(sched, function, body);
    }

    @Override
    public DeviceTree deviceTree() {
        return Objects.requireNonNull(deviceTree, "the machine has no device tree yet");
    }

    @Override
    public Devices devices() {
        return Objects.requireNonNull(devices, "the machine has no driver core yet");
    }

    @Override
    public DmaApi dma() {
        return Objects.requireNonNull(dma, "the machine has no DMA API yet");
    }

    @Override
    public FreePolicy policy() {
        return Objects.requireNonNull(policy, "the machine has no policy yet");
    }
}
