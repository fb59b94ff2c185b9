package io.dmalab.it.facts;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the display name of a test refers to. Forms: {@code ddw.md 4}, {@code ddw.md section 4}, {@code sections 2 and 3}, {@code 3 to 12},
 * {@code 4.10} (a step of section 4), {@code invariants 1, 2 and 4}, {@code 4 and invariant 1}, {@code catalogue 9}, {@code P2},
 * {@code P12a, b, c}, {@code A4, repaired}, {@code C1}, {@code background rules}, {@code comparison}, {@code open doubts}; and several
 * sheets in a row. An entry with parts stands for all of them: {@code P12}.
 */
final class References {
    private static final Pattern SHEET = Pattern.compile("\\b(" + String.join("|", Sheet.NAMES) + ")\\.md\\b,?");
    private static final Pattern ITEM = Pattern.compile("\\G(?<lead>,? and |, | to | )"
            + "(?:(?<kind>sections?|invariants?|catalogue) )?(?:(?<number>\\d+(?:\\.\\d+)*)|(?<name>[PABCDE]\\d+[a-d]?|D)|"
            + "(?<letter>[a-d])(?=[,:])|"
            + "(?<words>background rules|comparison|column|open doubts?))(?![\\w-])");

    private final Map<String, Sheet> sheets = new LinkedHashMap<>();

    References(List<Sheet> all) {
        all.forEach(sheet -> sheets.put(sheet.name(), sheet));
    }

    /** @param sheet with {@code .md} */
    record Reference(String sheet, String id) {}

    /**
     * Empty if no sheet is named.
     *
     * @throws IllegalArgumentException if something is named that the catalogue does not have
     */
    List<Reference> in(String displayName) {
        List<Reference> found = new ArrayList<>();
        Matcher sheet = SHEET.matcher(displayName);
        while (sheet.find()) {
            List<Reference> here = items(sheets.get(sheet.group(1) + ".md"), displayName, sheet.end());
            if (here.isEmpty()) {
                throw new IllegalArgumentException("names no entry of " + sheet.group(1) + ".md");
            }
            found.addAll(here);
        }
        return found;
    }

    private static List<Reference> items(Sheet sheet, String text, int from) {
        List<Reference> found = new ArrayList<>();
        Matcher item = ITEM.matcher(text);
        String kind = "section";
        String name = "";
        int last = 0;
        for (int at = from; item.find(at); at = item.end()) {
            if (item.start() != at) {
                break;
            }
            if (item.group("kind") != null) {
                kind = item.group("kind").replaceFirst("s$", "");
            }
            if (item.group("name") != null) {
                name = item.group("name");
                found.addAll(known(sheet, name));
            } else if (item.group("letter") != null) {
                found.addAll(known(sheet, name.replaceFirst("[a-d]$", "") + item.group("letter")));
            } else if (item.group("words") != null) {
                found.addAll(known(sheet, item.group("words").replaceFirst("doubt$", "doubts").replace("column", "comparison")));
            } else if (item.group("lead").equals(" to ")) {
                for (int i = last + 1; i <= Integer.parseInt(item.group("number")); i++) {
                    found.addAll(known(sheet, kind + " " + i));
                }
            } else {
                found.addAll(known(sheet, kind + " " + item.group("number")));
                last = Integer.parseInt(item.group("number").replaceFirst("\\..*", ""));
            }
        }
        return found;
    }

    private static List<Reference> known(Sheet sheet, String id) {
        if (sheet.entries().containsKey(id)) {
            return List.of(new Reference(sheet.name(), id));
        }
        List<Reference> parts = sheet.entries().keySet().stream()
                .filter(part -> part.startsWith(id) && part.substring(id.length()).matches("[a-d]|\\.\\d+"))
                .map(part -> new Reference(sheet.name(), part)).toList();
        if (!parts.isEmpty()) {
            return parts;
        }
        int dot = id.lastIndexOf('.');
        if (dot > 0 && sheet.entries().get(id.substring(0, dot)) instanceof Entry section
                && Integer.parseInt(id.substring(dot + 1)) <= section.steps()) {
            return List.of(new Reference(sheet.name(), section.id()));
        }
        throw new IllegalArgumentException(sheet.name() + " has no " + id);
    }
}
