package io.dmalab.core.explore;

/**
 * How one execution is explored.
 *
 * @param names   numbers shared by all executions of an exploration
 * @param chooser who goes on
 * @param world   what its steps are
 * @param steps   an execution ends after this many steps, with a finding
 * @param stops   a finding that is looked for ends the execution; if not, it goes on with the old contents of whatever was freed
 * @param narrate steps say in words what they do, which costs time
 */
public record Setup(Names names, Chooser chooser, World world, int steps, boolean stops, boolean narrate) {}
