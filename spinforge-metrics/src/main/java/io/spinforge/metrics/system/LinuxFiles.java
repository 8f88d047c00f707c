package io.spinforge.metrics.system;

import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files by which Linux shows itself, below a root that a test may choose. What is not there or
 * cannot be read is null, empty or NaN, never an exception. Immutable, thread-safe.
 */
public final class LinuxFiles {
  /** More than any sysctl; larger buffers cost the JDK a native one for each read. */
  private static final int CHUNK = 1 << 13;

  private final Path root;

  /** Creates a view below a root; {@code /} is the machine itself. */
  public LinuxFiles(Path root) {
    this.root = root;
  }

  /** Returns the files of this machine. */
  public static LinuxFiles ofThisMachine() {
    return new LinuxFiles(Path.of("/"));
  }

  /** Returns a file's text without white space around it; null if it cannot be read. */
  public @Nullable String text(String file) {
    try (InputStream in = new FileInputStream(root.resolve(file).toFile())) {
      // Files.readString asks for one byte first, and a sysctl answers only the first question.
      byte[] buffer = new byte[CHUNK];
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
        all.write(buffer, 0, read);
      }
      // Names of devices and groups may be any bytes: Latin-1 reads them all.
      return all.toString(StandardCharsets.ISO_8859_1).strip();
    } catch (IOException | RuntimeException unreadable) {
      return null;
    }
  }

  /** Returns a file's lines; none if it cannot be read. */
  public List<String> lines(String file) {
    String text = text(file);
    return text == null || text.isEmpty() ? List.of() : text.lines().toList();
  }

  /** Returns the number a file consists of; NaN if it does not. */
  public double number(String file) {
    return parse(text(file));
  }

  /**
   * Returns the number that follows a key in a file of lines {@code key number}; NaN if none does.
   */
  public double number(String file, String key) {
    return number(lines(file), key);
  }

  /** Returns the number that follows a key in lines {@code key number}; NaN if none does. */
  static double number(List<String> lines, String key) {
    for (String line : lines) {
      if (line.startsWith(key)
          && line.length() > key.length()
          && Character.isWhitespace(line.charAt(key.length()))) {
        return parse(line.substring(key.length()).strip());
      }
    }
    return Double.NaN;
  }

  static double parse(@Nullable String text) {
    if (text == null) {
      return Double.NaN;
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /** Returns whether there is such a file or folder. */
  public boolean exists(String file) {
    return Files.exists(root.resolve(file));
  }

  /** Returns how many entries a folder has; NaN if it cannot be read. */
  public double entries(String folder) {
    try (var list = Files.list(root.resolve(folder))) {
      return list.count();
    } catch (IOException | RuntimeException unreadable) {
      return Double.NaN;
    }
  }
}
