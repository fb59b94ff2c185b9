package io.dmalab.core.plugin;

/**
 * A plugin's method on a stack.
 *
 * @param frame innermost method of the plugin
 * @param own   it is the plugin's own code that runs there or has thrown, not the core's that the plugin called
 */
public record Culprit(String pluginId, StackTraceElement frame, boolean own) {
    /** Class and method, as its author wrote them: {@code toy.ToyDriver.probe}. */
    public String method() {
        return frame.getClassName() + "." + frame.getMethodName().replaceFirst("^lambda\\$(.+)\\$[0-9]+$", "$1");
    }

    /** {@code plugin toy (toy.ToyDriver.probe, ToyDriver.java:31)}. */
    @Override
    public String toString() {
        String place = frame.getFileName() == null ? "" : ", " + frame.getFileName()
                + (frame.getLineNumber() > 0 ? ":" + frame.getLineNumber() : "");
        return "plugin " + pluginId + " (" + method() + place + ")";
    }
}
