package io.dmalab.core.explore;

/**
 * What a search that matches states has seen.
 *
 * @param states      different ones, those where harm was done included
 * @param harmful     of these, the ones where harm was done; nothing follows them
 * @param transitions steps that lead from one to another or back, whether they had to be taken or lead to the same as one that was
 * @param symmetric   states that come of one another by exchanging things that are alike count once
 */
public record Coverage(long states, long harmful, long transitions, boolean symmetric) {}
