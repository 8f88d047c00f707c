package io.spinforge.cache;

/** A value was not loaded within the hard timeout, and there was no last value to serve. */
public final class LoadTimeoutException extends LoadFailedException {
  private static final long serialVersionUID = 1L;

  LoadTimeoutException(String message) {
    super(message, null);
  }
}
