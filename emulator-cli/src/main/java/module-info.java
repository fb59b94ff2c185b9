/** The application {@code dmalab}. Finds plugins through ServiceLoader alone. */
module io.dmalab.cli {
    requires info.picocli;
    requires io.dmalab.core;
    requires commons.jvm;
    requires java.logging;
    requires java.management;
    requires java.xml;
    requires plot.stem.jvm;
    requires tools.jackson.databind;
    requires tools.jackson.dataformat.csv;

    opens io.dmalab.cli to info.picocli;
}
