package io.spinforge.cache.wire;

/** Bytes that are no entry of ours; never leaves this package. */
final class MalformedEntryException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedEntryException(String message) {
    super(message, null, false, false);
  }
}
