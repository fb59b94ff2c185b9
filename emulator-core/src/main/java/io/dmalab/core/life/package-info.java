/** Observers that make sense of the lives of mappings, pages and objects: counts over time, life stories, who holds what. */
package io.dmalab.core.life;
