package io.dmalab.api.policy;

/** What a policy answers when it is asked whether something may be torn down. */
public sealed interface Verdict {
    Verdict PROCEED = new Proceed();

    /** Go on, free it. */
    record Proceed() implements Verdict {}

    /** Not yet; ask again. The caller decides how long it waits in between. */
    record WaitFor(String why) implements Verdict {}

    /** Go on, but keep this object's memory and mark it dead instead of freeing it. */
    record Keep(String why) implements Verdict {}

    /** Fail the removal with a positive errno. Honoured only before anything has been torn down. */
    record Refuse(int errno, String why) implements Verdict {}
}
