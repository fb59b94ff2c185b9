package io.dmalab.cli;

import io.dmalab.api.diagnose.Advice.Reproduction;
import io.dmalab.api.diagnose.Diagnosis;
import io.dmalab.api.diagnose.Diagnosis.Field;
import io.dmalab.api.diagnose.Diagnosis.Moment;
import io.dmalab.api.diagnose.Place;
import io.dmalab.api.diagnose.Place.Clock;
import io.dmalab.api.diagnose.Signature;
import io.dmalab.core.Emulator;
import io.dmalab.core.log.LogDiagnosis;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Prints what one log shows, in at most 96 columns. */
final class DiagnosisReport {
    private static final int WIDTH = 96;
    private static final int RAW_WIDTH = 24;
    private static final long NANOS = 1_000_000_000L;

    private final Output output;
    private final Emulator emulator;
    private final PrintWriter out;
    private boolean first = true;

    DiagnosisReport(Output output, Emulator emulator) {
        this.output = output;
        this.emulator = emulator;
        this.out = output.out();
    }

    /** The log's own text is part of the report: it must not command the terminal. */
    static String plain(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().forEach(c -> plain.appendCodePoint(c == '\t' ? ' ' : Character.isISOControl(c) ? '\uFFFD' : c));
        return plain.toString();
    }

    void print(LogDiagnosis log) {
        if (!first && !output.quiet) {
            out.println();
        }
        first = false;
        int known = log.diagnoses().size();
        out.printf(Locale.ROOT, "%s: %,d lines, %s%n", plain(log.file()), log.lines(), known == 0 ? Colours.green("no known failure")
                : Colours.red(known + (known == 1 ? " known failure" : " known failures")));
        if (output.quiet) {
            log.diagnoses().forEach(d -> out.printf(Locale.ROOT, "%-3s %s, %s%n", d.failure(), d.title(), d.certainty()));
        } else if (known == 0) {
            searched();
        } else {
            log.diagnoses().forEach(this::diagnosis);
            course(log);
        }
        out.flush();
    }

    private void searched() {
        out.println("Looked for:");
        emulator.extensions(Signature.class).stream().map(s -> s.extension().summary()).sorted().forEach(s -> out.println("  " + s));
    }

    private void diagnosis(Diagnosis d) {
        out.println();
        paragraph(String.format(Locale.ROOT, "%-4s", d.failure()), d.title(), 4, true);
        paragraph("    ", d.certainty() + ": " + d.why(), 4, false);
        heading("Evidence");
        int width = d.evidence().stream().mapToInt(p -> Long.toString(p.line()).length()).max().orElse(1);
        d.evidence().forEach(p -> evidence(p, width));
        if (!d.fields().isEmpty()) {
            heading("Decoded");
            fields(d.fields());
        }
        if (!d.readings().isEmpty()) {
            heading("Reading");
            d.readings().forEach(r -> paragraph("    ", r, 4, false));
        }
        heading("Missing order");
        paragraph("    ", d.missing(), 4, false);
        prevention(d);
        d.advice().reproduction().ifPresent(this::reproduction);
    }

    private void evidence(Place place, int width) {
        String text = plain(place.stamp().isEmpty() ? place.text() : "[" + place.stamp() + "] " + place.text());
        String head = String.format(Locale.ROOT, "    line %" + width + "d  ", place.line());
        int room = WIDTH - head.length();
        out.println(head + (text.length() > room ? text.substring(0, room - 3) + "..." : text));
    }

    private void fields(List<Field> fields) {
        int names = fields.stream().mapToInt(f -> f.name().length()).max().orElse(0);
        int raws = fields.stream().mapToInt(f -> f.raw().length()).filter(n -> n <= RAW_WIDTH).max().orElse(0);
        for (Field field : fields) {
            String head = String.format(Locale.ROOT, "    %-" + names + "s  ", field.name());
            String raw = plain(field.raw());
            int indent = head.length() + raws + 2;
            if (raw.length() > raws || field.meaning().isEmpty()) {
                paragraph(head, raw, head.length(), false);
                paragraph(" ".repeat(indent), field.meaning(), indent, false);
            } else {
                paragraph(head + String.format(Locale.ROOT, "%-" + raws + "s  ", raw), plain(field.meaning()), indent, false);
            }
        }
    }

    private void prevention(Diagnosis d) {
        heading("Would have prevented it");
        int names = d.advice().preventions().stream().mapToInt(p -> p.policy().length()).max().orElse(0);
        d.advice().preventions().forEach(p -> paragraph(String.format(Locale.ROOT, "    %-" + names + "s  ", p.policy()), p.how(), names + 6, false));
        if (d.advice().preventions().isEmpty()) {
            out.println("    no policy of dmalab");
        }
        d.advice().others().forEach(o -> paragraph("    ", o, 4, false));
    }

    private void reproduction(Reproduction r) {
        heading("Reproduce");
        out.println("    " + Colours.bold(r.command()));
        r.finding().ifPresent(finding -> out.println("    it reports: finding " + finding));
        if (!r.differs().isEmpty()) {
            paragraph("    ", "What differs: " + r.differs() + ".", 4, false);
        }
    }

    private void course(LogDiagnosis log) {
        if (log.course().size() > 1) {
            out.println();
            out.println("Course");
            log.course().forEach(this::moment);
        }
        if (!log.links().isEmpty()) {
            out.println();
            log.links().forEach(link -> paragraph("", link, 0, false));
        }
    }

    private void moment(Moment moment) {
        boolean shown = moment.nanos() == moment.place().nanos();
        String time = moment.place().clock() == Clock.UPTIME
                ? String.format(Locale.ROOT, "%13.6f s", moment.nanos() / (double) NANOS)
                : shown ? moment.place().stamp() : (moment.place().nanos() - moment.nanos()) / NANOS + " s before " + moment.place().stamp();
        paragraph("    " + time + "  ", moment.what() + " (line " + moment.place().line() + ")", 6 + time.length(), false);
    }

    private void heading(String text) {
        out.println("  " + text);
    }

    private void paragraph(String head, String text, int indent, boolean bold) {
        if (text.isEmpty()) {
            return;
        }
        String lead = head;
        for (String line : Description.wrap(plain(text), WIDTH - indent)) {
            out.println((lead + (bold ? Colours.bold(line) : line)).stripTrailing());
            lead = " ".repeat(indent);
        }
    }
}
