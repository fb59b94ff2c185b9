package io.dmalab.cli.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetbrains.letsPlot.commons.encoding.RGBEncoder;
import org.jetbrains.letsPlot.commons.geometry.DoubleVector;
import org.jetbrains.letsPlot.core.util.PlotSvgExportCommon;

/**
 * A chart drawn by Lets-Plot, made fit for a page that is read light and dark and must not differ from run to run: colours become the
 * page's
 * variables, random names numbers, the style sheet that is in every chart goes, coordinates are rounded.
 *
 * @param svg one svg element with title and description
 */
record Plot(String svg) {
    /** Colours in specifications, in the order of {@link #VARIABLES}: none of Lets-Plot's own. */
    static final String FOREGROUND = "#010100";
    static final String BAND = "#010101";
    static final String MARK = "#010102";
    /** For series, told apart by their kind of line too. */
    static final List<String> SERIES = List.of("#010110", "#010111", "#010112", "#010113", "#010114", "#010115");
    /** One for each series. */
    static final List<String> LINES = List.of("solid", "dashed", "dotted", "dotdash", "longdash", "twodash");

    private static final Map<String, String> VARIABLES = variables();
    private static final Pattern STYLE = Pattern.compile("<style.*?</style>", Pattern.DOTALL);
    /** As the library writes them, in one place so and in another so. */
    private static final Pattern COLOUR = Pattern.compile("rgb\\(\\d+,\\d+,\\d+\\)|(?<=[\": ])#[0-9a-fA-F]{6}\\b");
    private static final Pattern NAME = Pattern.compile(" id=\"([^\"]+)\"");
    private static final Pattern ATTRIBUTE = Pattern.compile("=\"([^\"]*)\"");
    private static final Pattern LONG_NUMBER = Pattern.compile("(-?\\d+\\.\\d{2})\\d+");
    private static final Pattern HEAD = Pattern.compile("^\\s*<svg [^>]*>");
    /** Pictures in a chart: none is made. */
    private static final RGBEncoder NO_PICTURES = (width, height, pixels) -> {
        throw new UnsupportedOperationException("charts hold no pictures");
    };

    private static Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("rgb(71,71,71)", "var(--fg)");
        variables.put("rgb(233,233,233)", "var(--grid)");
        variables.put("rgb(255,255,255)", "none");
        variables.put(rgb(FOREGROUND), "var(--fg)");
        variables.put(rgb(BAND), "var(--band)");
        variables.put(rgb(MARK), "var(--mark)");
        for (int i = 0; i < SERIES.size(); i++) {
            variables.put(rgb(SERIES.get(i)), "var(--s" + i + ")");
        }
        return variables;
    }

    private static String rgb(String hex) {
        int value = Integer.parseInt(hex.substring(1), 16);
        return String.format(Locale.ROOT, "rgb(%d,%d,%d)", value >> 16, value >> 8 & 255, value & 255);
    }

    /**
     * Draws.
     *
     * @param id          of the chart, unique in the page
     * @param title       what it shows, for those who do not see it
     * @param description what can be seen in it
     * @param spec        as Lets-Plot takes it
     */
    static Plot of(String id, String title, String description, Spec spec, int width, int height) {
        String raw = PlotSvgExportCommon.INSTANCE.buildSvgImageFromRawSpecs(spec.map(), new DoubleVector(width, height), NO_PICTURES,
                false);
        String body = HEAD.matcher(STYLE.matcher(raw).replaceAll("")).replaceFirst("");
        String head = String.format(Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"plot\" role=\"img\" viewBox=\"0 0 %d %d\" "
                + "width=\"%d\" height=\"%d\" aria-labelledby=\"%s-title %s-desc\">"
                + "<title id=\"%s-title\">%s</title><desc id=\"%s-desc\">%s</desc>",
                width, height, width, height, id, id, id, Markup.escape(title), id, Markup.escape(description));
        return new Plot(head + tidy(body, id));
    }

    private static String tidy(String body, String id) {
        String named = body;
        int number = 0;
        for (String name : NAME.matcher(body).results().map(result -> result.group(1)).distinct().toList()) {
            named = named.replace("\"" + name + "\"", "\"" + id + "-" + number + "\"").replace("#" + name + ")", "#" + id + "-"
                    + number + ")");
            number++;
        }
        String coloured = COLOUR.matcher(named).replaceAll(result -> VARIABLES.getOrDefault(result.group().startsWith("#")
                ? rgb(result.group()) : result.group(), "var(--fg)"));
        String rounded = ATTRIBUTE.matcher(coloured).replaceAll(Plot::rounded);
        return rounded.replaceAll(">\\s+", ">").replaceAll("\\s+<", "<");
    }

    private static String rounded(MatchResult attribute) {
        return Matcher.quoteReplacement("=\"" + LONG_NUMBER.matcher(attribute.group(1)).replaceAll("$1") + "\"");
    }
}
