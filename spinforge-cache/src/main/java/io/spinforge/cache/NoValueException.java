package io.spinforge.cache;

/** A bulk loader's answer lacked a key. Never thrown by a bulk read, which leaves the key out. */
final class NoValueException extends LoadFailedException {
  private static final long serialVersionUID = 1L;

  NoValueException(String fullKey) {
    super(
        fullKey
            + ": the bulk loader returned nothing for it"
            + " (expected: a value, or load.absent(ttl) for an absence)",
        null);
  }
}
