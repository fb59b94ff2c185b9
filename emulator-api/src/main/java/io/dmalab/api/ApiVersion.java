package io.dmalab.api;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Version of what a plugin sees. While the major version is 0, a new minor one may change what is there; from 1.0 on only a new major one
 * may.
 *
 * <p>A plugin need not say which version it was built for: the compiler notes that of {@code io.dmalab.api} in the plugin's
 * {@code module-info}. A plugin without a module-info, or one that runs with an older version than the one it is compiled against, says so
 * in its jar's manifest: {@code Dmalab-Api-Version: 0.1}. A plugin for another version is refused by name before any class of it is loaded.
 *
 * @param major 0 or more
 * @param minor 0 or more
 */
public record ApiVersion(int major, int minor) {
    /** Of this emulator-api: the first two numbers of its version. */
    public static final ApiVersion CURRENT = new ApiVersion(0, 1);

    /** Attribute of a jar's manifest: {@code major.minor}. */
    public static final String ATTRIBUTE = "Dmalab-Api-Version";

    private static final Pattern FORM = Pattern.compile("([0-9]{1,6})\\.([0-9]{1,6})([.-].*)?");

    /** Of a text that begins with {@code major.minor}, such as the version of a module; empty if it does not. */
    public static Optional<ApiVersion> parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        return matcher.matches() ? Optional.of(new ApiVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
                : Optional.empty();
    }

    /** A plugin that was built for {@code other} finds here all that it uses. */
    public boolean serves(ApiVersion other) {
        return major == other.major && (major == 0 ? minor == other.minor : minor >= other.minor);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%d.%d", major, minor);
    }
}
