package io.spinforge.cache.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/** A step of the protocol as one atomic trip. Each file says what it takes and what it answers. */
public enum Script {
  CHECK("check"),
  LEASE("lease"),
  LEASES("leases"),
  FILL("fill"),
  FILLS("fills"),
  RELEASE("release"),
  INVALIDATE("invalidate"),
  PUT("put"),
  TOUCH("touch"),
  CLEAR("clear"),
  CONTROL("control"),
  HOLD("hold"),
  PRESENT("present"),
  BARRIER("barrier"),
  ARRIVED("arrived"),
  LEFT("left"),
  LEAVE("leave"),
  TURN("turn"),
  HEADS("heads"),
  RECLAIM("reclaim");

  private final String text;
  private final String sha;

  Script(String file) {
    this.text = read("state") + read(file);
    this.sha = sha1(text);
  }

  String text() {
    return text;
  }

  String sha() {
    return sha;
  }

  private static String read(String file) {
    try (InputStream in = Script.class.getResourceAsStream(file + ".lua")) {
      return new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha1(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JVM has SHA-1
    }
  }
}
