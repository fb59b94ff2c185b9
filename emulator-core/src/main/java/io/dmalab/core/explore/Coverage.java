package io.dmalab.core.explore;

import java.util.Optional;

/**
 * What a search that matches states has seen.
 *
 * @param states      different ones, those where harm was done included
 * @param harmful     of these, the ones where harm was done; nothing follows them
 * @param transitions steps that lead from one to another or back, whether they had to be taken or lead to the same as one that was
 * @param symmetric   states that come of one another by exchanging things that are alike count once
 * @param apart       then: the same if each of them counts; empty if there are too many. It is what a search that tells them apart sees,
 *                    where each way to exchange the things of the first state can come about
 */
public record Coverage(long states, long harmful, long transitions, boolean symmetric, Optional<Coverage> apart) {
    /** Of a search that tells everything apart. */
    public Coverage(long states, long harmful, long transitions) {
        this(states, harmful, transitions, false, Optional.empty());
    }
}
