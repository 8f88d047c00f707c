package io.spinforge.scaling.target;

import java.io.IOException;

/**
 * A whole answer of a server.
 *
 * @param call what was asked, for errors
 * @param status status of HTTP
 * @param body its body, decoded
 */
record Answer(String call, int status, byte[] body) {
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
