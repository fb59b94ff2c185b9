/** Reading text of any size. */
package io.dmalab.core.text;
