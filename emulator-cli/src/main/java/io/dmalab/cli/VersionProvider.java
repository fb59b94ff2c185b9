package io.dmalab.cli;

import io.dmalab.core.Emulator;
import picocli.CommandLine.IVersionProvider;

/** Says which dmalab and which Java this is. */
final class VersionProvider implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"dmalab " + Emulator.version(), "Java " + Runtime.version()};
    }
}
