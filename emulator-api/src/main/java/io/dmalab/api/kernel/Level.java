package io.dmalab.api.kernel;

/** Log levels of printk. */
public enum Level { EMERG, ALERT, CRIT, ERR, WARNING, NOTICE, INFO, DEBUG }
