/** The HTML report: one file without network access, the same bytes for the same runs. */
package io.dmalab.cli.report;
