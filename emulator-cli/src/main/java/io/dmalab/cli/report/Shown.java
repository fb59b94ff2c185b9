package io.dmalab.cli.report;

import io.dmalab.core.life.MappingTimeline;
import io.dmalab.core.run.RunResult;

/** A run that a page shows in full. @param token what replays it */
public record Shown(RunResult result, MappingTimeline timeline, String token) {}
