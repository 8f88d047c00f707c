package io.spinforge.testkit;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;
import redis.embedded.model.OsArchitecture;

/**
 * Finds the redis-server to run: the file that the system property {@code spinforge.redis.binary}
 * names, else the one that embedded-redis carries for this system. The latter is unpacked once per
 * user and content, so a start costs no copying; the file appears by an atomic rename, so JVMs that
 * start at the same time never see half of it.
 */
final class RedisBinary {

  static final String PROPERTY = "spinforge.redis.binary";

  private RedisBinary() {}

  /** Returns the path of an executable redis-server. */
  static Path find() throws IOException {
    String other = System.getProperty(PROPERTY, "");
    if (other.isEmpty()) {
      return Embedded.path();
    }
    Path path = Path.of(other).toAbsolutePath();
    if (!Files.isExecutable(path)) {
      throw new IllegalStateException(PROPERTY + ": " + other + " (expected: an executable file)");
    }
    return path;
  }

  /** The embedded server; unpacked when first asked for. */
  private static final class Embedded {

    private static volatile Path unpacked = Path.of("");

    static Path path() throws IOException {
      Path known = unpacked; // Two threads may both unpack: the second rename changes nothing.
      if (!known.toString().isEmpty() && Files.exists(known)) {
        return known;
      }
      OsArchitecture here = OsArchitecture.detectOSandArchitecture();
      String name = ExecutableProvider.newProvidedVersionsMap().get(here);
      byte @Nullable [] content = name == null ? null : resource(name);
      if (content == null) {
        throw new IllegalStateException(
            "embedded-redis has no server for this system (fix: set " + PROPERTY + ")");
      }
      Path file = folder().resolve("redis-server-" + sha256(content).substring(0, 16));
      if (!Files.exists(file)) {
        write(content, file);
      }
      unpacked = file;
      return file;
    }

    private static byte @Nullable [] resource(String name) throws IOException {
      try (InputStream in = ExecutableProvider.class.getResourceAsStream(name)) {
        return in == null ? null : in.readAllBytes();
      }
    }

    /** A folder of this user alone; a stranger's folder of the same name is not trusted. */
    private static Path folder() throws IOException {
      String user = System.getProperty("user.name");
      Path temp = Path.of(System.getProperty("java.io.tmpdir"));
      Path folder = temp.resolve("spinforge-testkit-" + user);
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      return Files.getOwner(folder).getName().equals(user)
          ? folder
          : Files.createTempDirectory("spinforge-testkit-");
    }

    private static void write(byte[] content, Path file) throws IOException {
      Path draft = Files.createTempFile(file.getParent(), "draft-", "");
      Files.write(draft, content);
      Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rwx------"));
      Files.move(draft, file, ATOMIC_MOVE);
    }

    private static String sha256(byte[] content) {
      try {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JVM has SHA-256", e);
      }
    }
  }
}
