package io.spinforge.metrics.profile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Files that nobody but their owner may read: a heap holds passwords, a profile holds names. Each
 * is written in a folder of mode 0700 beside its place and moved there with mode 0600, so at no
 * moment does another user see it, whatever the JVM's umask is.
 */
public final class PrivateFile {
  private PrivateFile() {}

  /** Writes a file. */
  public interface Writer {
    /** Writes to this path, where nothing is yet. */
    void write(Path path) throws IOException;
  }

  /**
   * Checks that a file can be written there.
   *
   * @param ending of the name, with its dot
   */
  public static Path check(Path path, String ending) {
    Path file = path.toAbsolutePath().normalize();
    Path folder = file.getParent();
    if (folder == null || !file.toString().endsWith(ending)) {
      throw new IllegalArgumentException(
          "path: " + path + " (expected: a file ending in " + ending + ")");
    }
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException("path: " + path + " (expected: in a folder that exists)");
    }
    if (Files.exists(file)) {
      throw new IllegalArgumentException("path: " + path + " (expected: a new file)");
    }
    if (!Files.isWritable(folder)) {
      throw new IllegalArgumentException("path: " + path + " (expected: in a writable folder)");
    }
    if (isOpenToOthers(folder)) {
      throw new IllegalArgumentException(
          "path: "
              + path
              + " (expected: in a folder that others can neither read nor write; chmod o-rw "
              + folder
              + ")");
    }
    return file;
  }

  private static boolean isOpenToOthers(Path folder) {
    try {
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(folder);
      return mode.contains(PosixFilePermission.OTHERS_READ)
          || mode.contains(PosixFilePermission.OTHERS_WRITE);
    } catch (UnsupportedOperationException | IOException noPosix) {
      return false; // Another file system: its own rules hold.
    }
  }

  /** Writes the file of a checked path. */
  public static void write(Path file, Writer writer) throws IOException {
    Path name = file.getFileName();
    Path folder = Files.createTempDirectory(file.resolveSibling(""), ".spinforge-");
    Path draft = folder.resolve(name == null ? "draft" : name.toString());
    try {
      writer.write(draft);
      try {
        Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-------"));
      } catch (UnsupportedOperationException noPosix) {
        // Another file system: the folder's rules are all there is.
      }
      Files.move(draft, file);
    } finally {
      Files.deleteIfExists(draft);
      Files.deleteIfExists(folder);
    }
  }
}
