package io.dmalab.core.plugin;

/**
 * Why a plugin is not there. The rest of dmalab goes on without it.
 *
 * @param where  name of the jar, or id and location of the plugin
 * @param cause  what is wrong
 * @param remedy what its user can do
 */
public record PluginProblem(String where, String cause, String remedy) {
    public PluginProblem {
        where = oneLine(where);
        cause = oneLine(cause);
        remedy = oneLine(remedy);
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ").replaceAll("\\p{Cntrl}", "?");
    }

    /** One line. */
    @Override
    public String toString() {
        return where + ": " + cause + "; " + remedy;
    }
}
