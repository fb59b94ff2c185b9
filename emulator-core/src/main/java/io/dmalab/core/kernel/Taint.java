package io.dmalab.core.kernel;

/** Taint flags of the running kernel (kernel/panic.c, print_tainted): the few that this machine can set. */
final class Taint {
    static final int BAD_PAGE = 5;
    static final int DIE = 7;
    static final int WARN = 9;

    private static final String LETTERS = "GFSRMBUDAWCIOELKXTNJ";
    private static final String[] NAMES = {"", "", "", "", "", "BAD_PAGE", "", "DIE", "", "WARN", "", "", "", "UNSIGNED_MODULE"};
    private final int count;
    private int flags;
    private boolean lockdepReliable = true;

    /** @param count   flags this kernel knows @param initial letters set from the start */
    Taint(int count, String initial) {
        this.count = count;
        initial.chars().forEach(letter -> add(LETTERS.indexOf(letter)));
    }

    void add(int flag) {
        flags |= 1 << flag;
    }

    /** add_taint(LOCKDEP_NOW_UNRELIABLE). True if it is the first of that kind, which the kernel announces. */
    boolean addUnreliable(int flag) {
        add(flag);
        boolean first = lockdepReliable;
        lockdepReliable = false;
        return first;
    }

    /** {@code Not tainted}, or the row of letters with blanks for flags that are clear. */
    String text() {
        if (flags == 0) {
            return "Not tainted";
        }
        StringBuilder row = new StringBuilder("Tainted: G");
        for (int i = 1; i < count; i++) {
            row.append((flags >>> i & 1) == 0 ? ' ' : LETTERS.charAt(i));
        }
        return row.toString();
    }

    /** The explaining line of 6.12 and later; empty if there is nothing to explain. */
    String verbose() {
        StringBuilder line = new StringBuilder();
        for (int i = 1; i < NAMES.length; i++) {
            if ((flags >>> i & 1) != 0) {
                line.append(line.isEmpty() ? "Tainted: " : ", ").append('[').append(LETTERS.charAt(i)).append("]=").append(NAMES[i]);
            }
        }
        return line.toString();
    }
}
