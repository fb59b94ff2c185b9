package io.dmalab.core.scenario;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.apiguardian.api.API;

/** Finds the name that a misspelt one was meant to be. */
@API(status = API.Status.INTERNAL, since = "0.1")
public final class Suggestion {
    private static final int FAR = 3;
    private static final int LONGEST = 64;

    private Suggestion() {}

    /** {@code did you mean 'x'? known: a, b, c}. */
    public static String remedy(String given, Collection<String> known) {
        String list = known.isEmpty() ? "there is none" : "known: " + String.join(", ", known.stream().sorted().toList());
        return nearest(given, known).map(n -> "did you mean '" + n + "'? ").orElse("") + list;
    }

    /** The known name that a misspelt one is close to. */
    public static Optional<String> nearest(String given, Collection<String> known) {
        if (given.length() > LONGEST) {
            return Optional.empty();
        }
        return known.stream().sorted()
                .min(Comparator.comparingInt(k -> distance(given, k)))
                .filter(k -> distance(given, k) <= Math.min(FAR, Math.max(1, k.length() / 2)));
    }

    /** Optimal string alignment: insertions, deletions, substitutions, and swaps of neighbours. */
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + same);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
