package io.spinforge.scaling.target;

import java.io.IOException;
import java.util.Objects;

/** A whole answer of a server. */
final class Answer {
  private final String call;
  private final int status;
  private final byte[] body;

  /**
   * Makes one.
   *
   * @param call what was asked, for errors
   * @param status status of HTTP
   * @param body its body, decoded; not copied
   */
  Answer(String call, int status, byte[] body) {
    this.call = call;
    this.status = status;
    this.body = body;
  }

  String call() {
    return call;
  }

  int status() {
    return status;
  }

  byte[] body() {
    return body;
  }

  /** Returns what an exception says, or at least what it is. */
  static String reason(IOException e) {
    return Objects.requireNonNullElse(e.getMessage(), e.toString());
  }

  boolean good() {
    return status == 200 || status == 201;
  }

  /** Returns what was asked and what the server said to it. */
  String fault() {
    return call + " answered " + status + ": " + JsonDoc.message(body);
  }

  /** Returns this if it is good. */
  Answer required() throws IOException {
    if (!good()) {
      throw new IOException(fault());
    }
    return this;
  }
}
