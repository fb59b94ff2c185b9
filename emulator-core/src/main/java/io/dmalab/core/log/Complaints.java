package io.dmalab.core.log;

import io.dmalab.api.diagnose.Complaint;
import io.dmalab.api.diagnose.Complaint.Kind;
import io.dmalab.api.diagnose.Place;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** First lines of oopses, KASAN reports, warnings, hung tasks and bad pages: powerpc, arm64, x86, s390 and parisc. */
final class Complaints {
    private record Form(Kind kind, Pattern pattern) {}

    private static final String ADDRESS = "(?:0x)?(?<address>[0-9a-fA-F]{1,16})";
    private static final List<Form> FORMS = List.of(
            form(Kind.USE_AFTER_FREE, "BUG: KASAN: (?:slab-|vmalloc-)?(?:use-after-free|double-free|out-of-bounds) in (?<subject>[\\w.]+)"),
            form(Kind.NULL_POINTER, "BUG: [Kk]ernel NULL pointer dereference(?: on (?:read|write))?(?: at|, address:) " + ADDRESS),
            form(Kind.NULL_POINTER, "Unable to handle kernel NULL pointer dereference at virtual address " + ADDRESS),
            form(Kind.BAD_ADDRESS, "Unable to handle kernel (?:paging request|access.*?) at virtual address " + ADDRESS),
            form(Kind.BAD_ADDRESS, "BUG: [Uu]nable to handle (?:page fault for|kernel paging request at|kernel data access on (?:read|write) at)"
                    + "(?: address:)? " + ADDRESS),
            form(Kind.BAD_ADDRESS, "Unable to handle kernel pointer dereference in virtual kernel address space"),
            form(Kind.BAD_ADDRESS, "(?:Oops: )?general protection fault"),
            form(Kind.BUG, "kernel BUG at \\S+"),
            form(Kind.WARNING, "WARNING: .*\\bat (?<subject>\\S+)"),
            form(Kind.HUNG_TASK, "INFO: task (?<subject>\\S+:\\d+) blocked for more than \\d+ seconds"),
            form(Kind.BAD_PAGE, "BUG: Bad page state in process (?<subject>.{1,15}?)\\s+pfn:[0-9a-f]+"));

    /** The rest of a report's head: the address, where its first line has none. */
    private static final Pattern LATER = Pattern.compile("(?:(?:Read|Write) of size \\d+ at addr|Failing address:) " + ADDRESS);

    private Complaints() {}

    private static Form form(Kind kind, String pattern) {
        return new Form(kind, Pattern.compile(pattern));
    }

    /** @return null if the line begins none */
    static Complaint parse(Place place) {
        String text = place.text();
        if (text.length() < 12 || "BUkWIOg".indexOf(text.charAt(0)) < 0 && text.charAt(0) != 'U') {
            return null;
        }
        for (Form form : FORMS) {
            Matcher matcher = form.pattern().matcher(text);
            if (matcher.lookingAt()) {
                return new Complaint(place, form.kind(), address(matcher), group(matcher, "subject"));
            }
        }
        return null;
    }

    /** The complaint with the address that a later line of its head adds. */
    static Complaint completed(Complaint complaint, String text) {
        if (complaint.address().isPresent()) {
            return complaint;
        }
        Matcher matcher = LATER.matcher(text);
        return matcher.lookingAt() ? new Complaint(complaint.place(), complaint.kind(), address(matcher), complaint.subject()) : complaint;
    }

    private static OptionalLong address(Matcher matcher) {
        String digits = group(matcher, "address");
        return digits.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseUnsignedLong(digits, 16));
    }

    private static String group(Matcher matcher, String name) {
        return matcher.pattern().namedGroups().containsKey(name) && matcher.group(name) != null ? matcher.group(name) : "";
    }
}
