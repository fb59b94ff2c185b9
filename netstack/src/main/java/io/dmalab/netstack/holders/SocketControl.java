package io.dmalab.netstack.holders;

/** What tools can do to sockets from outside. Task context. */
public interface SocketControl {
    /** The sockets are open in a process of that name or pid ({@link Process#matches}). */
    boolean belongsTo(String process);

    /** {@code ss -K}: destroys the sockets and frees what they hold; false if they cannot be destroyed, or were already. */
    boolean destroy();
}
