package io.spinforge.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import redis.embedded.core.ExecutableProvider;
import redis.embedded.model.OsArchitecture;

/**
 * Finds the redis-server to run: the file that the system property {@code spinforge.redis.binary}
 * names, else the one that embedded-redis carries for this system.
 */
final class RedisBinary {

  static final String PROPERTY = "spinforge.redis.binary";

  /** Where the embedded server is; empty until asked for. Two threads may both look: same file. */
  private static volatile String embedded = "";

  private RedisBinary() {}

  /** Returns the path of an executable redis-server. */
  static Path find() throws IOException {
    String other = System.getProperty(PROPERTY, "");
    if (other.isEmpty()) {
      return embedded();
    }
    Path path = Path.of(other).toAbsolutePath();
    if (!Files.isExecutable(path)) {
      throw new IllegalStateException(PROPERTY + ": " + other + " (expected: an executable file)");
    }
    return path;
  }

  private static Path embedded() throws IOException {
    if (embedded.isEmpty()) {
      embedded = Unpacked.of("redis-server", content(), RedisBinary::write).toString();
    }
    return Path.of(embedded);
  }

  private static byte[] content() throws IOException {
    OsArchitecture here = OsArchitecture.detectOSandArchitecture();
    String name = ExecutableProvider.newProvidedVersionsMap().get(here);
    try (InputStream in =
        name == null ? null : ExecutableProvider.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(
            "embedded-redis has no server for this system (fix: set " + PROPERTY + ")");
      }
      return in.readAllBytes();
    }
  }

  private static void write(byte[] content, Path file) throws IOException {
    Files.write(file, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
