package io.spinforge.metrics.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * What is the same in every document: its frame, style and script, and the policy that names them.
 */
final class Assets {
  private static final String STYLE = read("page.css");
  private static final String SCRIPT = read("page.js");

  static final String HEAD =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
          + "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
          + "<meta name=\"color-scheme\" content=\"light dark\">"
          + "<noscript><meta http-equiv=\"refresh\" content=\"10\"></noscript><title>";

  static final String HEAD_END = "</title><style>" + STYLE + "</style></head><body>";
  static final String END = "<script>" + SCRIPT + "</script></body></html>\n";

  /** Nothing but this style and this script, nothing from anywhere else, nobody around it. */
  static final String POLICY =
      "default-src 'none'; style-src '"
          + hash(STYLE)
          + "'; script-src '"
          + hash(SCRIPT)
          + "'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private Assets() {}

  private static String read(String name) {
    try (InputStream in = Assets.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource: " + name + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // Every Java platform has it.
    }
  }
}
