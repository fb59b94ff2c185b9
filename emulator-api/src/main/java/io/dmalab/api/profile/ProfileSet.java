package io.dmalab.api.profile;

import java.util.List;

/**
 * The profiles of one kind, such as kernel versions or hypervisors, so that {@code dmalab profiles} can list and compare them. An extension
 * that needs no machine: it has a public no-argument constructor and is made wherever profiles are shown.
 */
public interface ProfileSet {
    /** The profiles, in the order in which they are listed: oldest or default first. */
    List<Profile> profiles();
}
