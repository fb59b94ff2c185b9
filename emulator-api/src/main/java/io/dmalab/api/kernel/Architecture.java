package io.dmalab.api.kernel;

/** Whose layout oopses, warnings and call traces have (arch/.../kernel). Behaviour is the platform's business. */
public enum Architecture { POWERPC, ARM64, S390, X86 }
