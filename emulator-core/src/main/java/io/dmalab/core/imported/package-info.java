/** Recorded traces turned into scenarios: what lived how long, when packets came, when the device was taken away. */
package io.dmalab.core.imported;
