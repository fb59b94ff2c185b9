/**
 * What {@code dmalab diagnose} asks plugins: who knows this failure? A {@link io.dmalab.api.diagnose.Signature} is given a kernel log item
 * by item and says what it recognised.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
package io.dmalab.api.diagnose;

import org.apiguardian.api.API;
