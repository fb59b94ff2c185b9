/** Runs scenarios in JUnit tests and asserts about what they found. */
package io.dmalab.testkit;
