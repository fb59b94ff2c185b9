/** What the events of a recorded trace mean, so that a scenario can be made of them. */
package io.dmalab.api.recorded;
