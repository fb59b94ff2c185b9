/**
 * Runs scenarios in JUnit tests and asserts about what they found: {@link io.dmalab.testkit.EmulatorTest},
 * {@link io.dmalab.testkit.CompareTest} and {@link io.dmalab.testkit.ExploreTest} give a test its results,
 * {@link io.dmalab.testkit.EmulatorAssertions} asserts about them.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
package io.dmalab.testkit;

import org.apiguardian.api.API;
