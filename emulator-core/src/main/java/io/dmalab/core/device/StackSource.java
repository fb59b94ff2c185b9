package io.dmalab.core.device;

import java.util.List;

/** Captures the running call stack under kernel names (stack_trace_save and stack_trace_print). */
@FunctionalInterface
public interface StackSource {
    /**
     * @param depthMax largest number of functions
     * @return innermost first, each as the kernel prints it: {@code symbol+0xoff/0xlen}
     */
    List<String> capture(int depthMax);
}
