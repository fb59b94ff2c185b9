/**
 * The compatibility kit: one abstract JUnit class for each SPI, which the author of a plugin extends in a test and from which the checks are
 * inherited. See docs/kit.md.
 */
package io.dmalab.testkit.kit;
