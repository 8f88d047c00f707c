package io.spinforge.testkit;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Server programs unpacked from jars, once per user and content, so that a start costs no copying.
 * They appear by an atomic rename: JVMs that start at the same time never see half of one, and the
 * one that comes second throws its own away.
 */
final class Unpacked {

  private Unpacked() {}

  /** Writes content to a file or folder that does not exist yet. */
  @FunctionalInterface
  interface Unpacker {
    void unpack(byte[] content, Path to) throws IOException;
  }

  /** Returns where {@code content} is unpacked, having done so if nobody did before. */
  static Path of(String name, byte[] content, Unpacker unpacker) throws IOException {
    Path folder = folder();
    Path unpacked = folder.resolve(name + "-" + sha256(content).substring(0, 16));
    if (!Files.exists(unpacked)) {
      Path draft = Files.createTempDirectory(folder, "draft-");
      try {
        unpacker.unpack(content, draft.resolve(name));
        Files.move(draft.resolve(name), unpacked, ATOMIC_MOVE);
      } catch (FileSystemException e) {
        if (!Files.exists(unpacked)) {
          throw e;
        }
      } finally {
        delete(draft);
      }
    }
    return unpacked;
  }

  /** A folder that only this user writes; a stranger's folder of the same name is not trusted. */
  private static Path folder() throws IOException {
    String user = System.getProperty("user.name");
    Path folder =
        Path.of(System.getProperty("java.io.tmpdir")).resolve("spinforge-testkit-" + user);
    Files.createDirectories(folder);
    if (!Files.getOwner(folder).getName().equals(user)) {
      folder = Files.createTempDirectory("spinforge-testkit-");
    }
    // PostgreSQL may run as another user, who must get through.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    return folder;
  }

  private static void delete(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(folder)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
