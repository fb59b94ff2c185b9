/** The kernel's own trace points that the model emits or that traces are read for: names, fields and layouts by kernel version. */
package io.dmalab.api.tracepoint;
