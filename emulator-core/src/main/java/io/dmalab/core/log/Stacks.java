package io.dmalab.core.log;

import io.dmalab.api.diagnose.CallTrace;
import io.dmalab.api.diagnose.Complaint;
import io.dmalab.api.diagnose.LogItem;
import io.dmalab.api.diagnose.Message;
import io.dmalab.api.diagnose.Place;
import io.dmalab.api.diagnose.TaskContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Puts stacks together: the complaint, the head that says who ran where, the frames. Lines of others in between do no harm; a stack ends
 * where the next one begins, where the kernel says so, or after so many lines without a frame.
 */
final class Stacks {
    private static final int PATIENCE = 100;
    private static final int DEEPEST = 256;

    private final Consumer<LogItem> out;
    private final TaskHead head = new TaskHead();
    private Complaint complaint;
    private boolean shown;
    private String counter = "";
    private Place place;
    private String title;
    private final List<String> functions = new ArrayList<>();
    private int idle;

    Stacks(Consumer<LogItem> out) {
        this.out = out;
    }

    void line(Place at) {
        String text = at.text();
        if (text.isEmpty() || frame(text) || head(at) || counter(text) || begins(at)) {
            return;
        }
        Complaint next = Complaints.parse(at);
        if (next != null) {
            complain(next);
            return;
        }
        if (complaint != null) {
            complaint = Complaints.completed(complaint, text);
        }
        boolean over = text.startsWith("---[ end trace") || text.startsWith("</TASK>") || text.startsWith("Code: ")
                || text.startsWith("Instruction dump:") || text.startsWith("Last Breaking-Event-Address");
        if (over || ++idle > PATIENCE) {
            close();
        }
        out.accept(new Message(at, text));
    }

    /** The log has ended. */
    void end() {
        close();
        dropComplaint();
    }

    private boolean frame(String text) {
        if (title == null) {
            return false;
        }
        String function = Frames.function(text);
        if (function == null) {
            return false;
        }
        idle = 0;
        if (!function.isEmpty() && functions.size() < DEEPEST) {
            functions.add(function);
        }
        return true;
    }

    private boolean head(Place at) {
        if (TaskHead.begins(at.text())) {
            close();
            if (complaint != null && (shown || at.line() - complaint.place().line() > PATIENCE)) {
                dropComplaint();
            }
            counter = "";
        }
        return head.takes(at);
    }

    private boolean counter(String text) {
        String function = title == null ? Frames.programCounter(text) : null;
        if (function != null) {
            counter = function;
        }
        return function != null;
    }

    private boolean begins(Place at) {
        String next = Frames.title(at.text());
        if (next == null) {
            return false;
        }
        close();
        title = next;
        place = next.equals(CallTrace.MAIN) && head.place() != null ? head.place() : at;
        idle = 0;
        return true;
    }

    /** An oops is told in several lines: only the first counts. */
    private void complain(Complaint next) {
        boolean same = complaint != null && !shown && title == null && !ofOneLine(next) && !ofOneLine(complaint)
                && next.place().line() - complaint.place().line() < PATIENCE;
        if (same) {
            return;
        }
        close();
        dropComplaint();
        head.forget();
        counter = "";
        complaint = next;
    }

    private static boolean ofOneLine(Complaint one) {
        return one.kind() == Complaint.Kind.HUNG_TASK || one.kind() == Complaint.Kind.BAD_PAGE;
    }

    private void dropComplaint() {
        if (complaint != null && !shown) {
            out.accept(complaint);
        }
        complaint = null;
        shown = false;
    }

    private void close() {
        if (title == null) {
            return;
        }
        boolean main = title.equals(CallTrace.MAIN);
        if (main && !counter.isEmpty() && (functions.isEmpty() || !functions.getFirst().equals(counter))) {
            functions.addFirst(counter);
        }
        if (!functions.isEmpty()) {
            shown |= main;
            out.accept(new CallTrace(place, title, main ? head.task() : TaskContext.UNKNOWN, Optional.ofNullable(complaint), functions));
        }
        if (main) {
            head.forget();
            counter = "";
        }
        title = null;
        functions.clear();
        idle = 0;
    }
}
