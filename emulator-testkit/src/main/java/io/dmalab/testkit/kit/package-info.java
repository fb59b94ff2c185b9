/**
 * The compatibility kit: one abstract JUnit class for each SPI, which the author of a plugin extends in a test and from which the checks
 * are inherited. See docs/kit.md.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
package io.dmalab.testkit.kit;

import org.apiguardian.api.API;
