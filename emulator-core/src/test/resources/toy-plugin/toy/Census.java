package toy;

/** A service of the toy machine: which holders there are. */
public interface Census {
    String holders();
}
