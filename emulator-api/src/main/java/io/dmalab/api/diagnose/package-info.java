/**
 * What {@code dmalab diagnose} asks plugins: who knows this failure? A {@link io.dmalab.api.diagnose.Signature} is given a kernel log item
 * by item and says what it recognised.
 */
package io.dmalab.api.diagnose;
