package io.spinforge.health.registry.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** The scripts, and the names that Redis knows them by. */
enum Script {
  REGISTER,
  BEAT,
  UPDATE,
  REMOVE,
  SYNC,
  CHUNK,
  NOTE,
  SERVICES;

  private final String text;
  private final String sha;

  Script() {
    boolean index = name().equals("NOTE") || name().equals("SERVICES"); // of another key
    text = (index ? "" : read("common")) + read(name().toLowerCase(Locale.ROOT));
    try {
      sha =
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-1 is part of every Java platform", e);
    }
  }

  String text() {
    return text;
  }

  String sha() {
    return sha;
  }

  private static String read(String name) {
    try (InputStream in = Script.class.getResourceAsStream(name + ".lua")) {
      if (in == null) {
        throw new IllegalStateException(name + ".lua: missing from the jar");
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
