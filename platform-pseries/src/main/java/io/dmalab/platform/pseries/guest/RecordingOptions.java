package io.dmalab.platform.pseries.guest;

import io.dmalab.api.config.Option;

/** Which recording. Shared by the platform and the action, each of which is given it. */
public record RecordingOptions(@Option(doc = "path of the recording") String recording) {}
