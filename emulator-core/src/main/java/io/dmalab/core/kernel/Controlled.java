package io.dmalab.core.kernel;

import io.dmalab.api.kernel.Choice;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventTarget;
import io.dmalab.core.explore.AccessKind;
import io.dmalab.core.explore.Chooser;
import io.dmalab.core.fiber.Fiber;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A task or an event under control. */
final class Controlled implements Chooser.Candidate {
    final int ordinal;
    final String label;
    final int handle;
    final int cpu;
    final ContextKind kind;
    int number;
    int place;
    SimTask task;
    EventTarget target;
    long arg;
    Fiber fiber;
    boolean ready;
    /** It became due at the moment when it was made so. */
    boolean prompt;
    boolean ranLast;
    BooleanSupplier guard;
    /** What the guard guards. */
    int lock;
    long due;
    long time;
    int round;
    int children;
    int objects;
    int nextPlace = -1;
    AccessKind nextKind = AccessKind.READ;
    String function = "";
    String action = "";
    /** Inside a read section of RCU, the how many-th, and the sections of its own that had ended when that began. */
    boolean reading;
    int sections;
    int sectionsEnded;
    /** What it chooses from; null where it does not stand at a choice. */
    Choice choice;
    Choice.Move moved;

    /** Null where nobody looks at states. */
    private final StateView view;
    /** What it chose last. */
    private int item = Choice.NO_ITEM;
    /** Where it has stood since its last choice. */
    private long path;
    /** What it goes by where states are told. */
    private final long name;
    private final boolean alike;
    /** What its own state comes to, as of the last look at the machine. */
    private long local;
    /** That with what is told of its item; or what it has seen. */
    private long standing;

    /** @param ordinal which child of its parent it is */
    Controlled(int ordinal, String label, int cpu, ContextKind kind, int handle, StateView view) {
        this.ordinal = ordinal;
        this.label = label;
        this.cpu = cpu;
        this.kind = kind;
        this.handle = handle;
        this.view = view;
        this.name = view == null ? 0 : view.name(label);
        this.alike = view != null && view.isAlike(label);
    }

    /** Nothing will ever come of it any more. */
    boolean ended() {
        return !ready && (task == null ? fiber == null || fiber.isDone() : task.isDone());
    }

    /** Adds each way in which it can go on. */
    void turns(List<Chooser.Candidate> into) {
        if (choice == null) {
            into.add(this);
            return;
        }
        for (Choice.Move move : choice.moves()) {
            into.add(new Turn(this, move));
        }
    }

    // its part of the machine's state

    /** It comes to a choice: where it has been before matters no more. */
    void forget() {
        path = 0;
        item = Choice.NO_ITEM;
    }

    void stands(String kindOfPlace, String where) {
        if (view != null) {
            path = StateView.mix(path ^ 31L * kindOfPlace.hashCode() ^ where.hashCode());
        }
    }

    /** It stands before an access to that place. */
    void standsBefore(String kindOfPlace, String where, int accessed, AccessKind kind) {
        stands(kindOfPlace, where);
        nextPlace = accessed;
        nextKind = kind;
    }

    void chose(Choice.Move move) {
        item = move.item();
        path = StateView.mix(path ^ move.action());
    }

    /** Looks where it stands and how it got there since its last choice, and says which item it has. */
    void hold(Fingerprint into) {
        local = StateView.mix(path ^ name ^ (ready ? 1 : 0));
        if (item != Choice.NO_ITEM) {
            into.holds(item, local);
        }
    }

    /** Its part of the machine's state, once all have said what they hold. */
    long stand(Fingerprint into) {
        standing = item == Choice.NO_ITEM ? local : into.standing(item, local);
        return idle() ? 0 : StateView.mix(standing + 1);
    }

    long name() {
        return name;
    }

    /** It can be exchanged with others of its kin. */
    boolean isAlike() {
        return alike;
    }

    /** Its part of the machine's state, as of the last look. */
    long standing() {
        return standing;
    }

    /** What it has done and seen where states are told apart by that; 0 if nothing yet. */
    long seen() {
        return standing;
    }

    void sees(long all) {
        standing = all;
    }

    /** A worker without work is as good as none. */
    private boolean idle() {
        return task != null && !ready && task.waitingFor == null && !task.uninterruptible;
    }

    // as a chooser sees it

    @Override
    public int context() {
        return number;
    }

    @Override
    public boolean ranLast() {
        return ranLast;
    }

    @Override
    public int nextPlace() {
        return nextPlace;
    }

    @Override
    public AccessKind nextKind() {
        return nextKind;
    }

    @Override
    public Choice.Move move() {
        return null;
    }

    @Override
    public long signature() {
        return view.signature(this, null);
    }

    /** One of the moves of a context that has a choice. */
    record Turn(Controlled owner, Choice.Move move) implements Chooser.Candidate {
        /** The move in words, behind those of the choice. */
        String told() {
            return move.item() == Choice.NO_ITEM ? "" : " " + move.item();
        }

        @Override
        public int context() {
            return owner.number;
        }

        @Override
        public boolean ranLast() {
            return owner.ranLast;
        }

        @Override
        public int nextPlace() {
            return owner.nextPlace;
        }

        @Override
        public AccessKind nextKind() {
            return owner.nextKind;
        }

        @Override
        public long signature() {
            return owner.view.signature(owner, move);
        }
    }
}
