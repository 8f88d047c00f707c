package io.spinforge.scaling.target;

import java.io.IOException;

/** A call that never left this process: it has surely changed nothing. */
final class NotSentException extends IOException {
  private static final long serialVersionUID = 1;

  NotSentException(String message, Throwable cause) {
    super(message, cause);
  }

  NotSentException(String message) {
    super(message);
  }
}
