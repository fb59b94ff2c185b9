/** Which waits a machine has, how long they last, and which is to fit into which. */
package io.dmalab.api.timeout;
