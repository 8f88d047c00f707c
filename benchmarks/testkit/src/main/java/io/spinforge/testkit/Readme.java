package io.spinforge.testkit;

import static java.util.Objects.requireNonNull;

import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * The Java snippets of a Markdown file, compiled against the test's class path, so that what a
 * reader copies is known to compile. Each fenced block that is marked {@code java} becomes the body
 * of a method that may throw anything; a block marked {@code java no-compile} is left out. Import
 * lines within a block count as imports.
 */
public final class Readme {

  private final Path file;
  private final List<Block> blocks;

  private Readme(Path file, List<Block> blocks) {
    this.file = file;
    this.blocks = blocks;
  }

  /** Reads a Markdown file. */
  public static Readme of(Path file) {
    requireNonNull(file, "file");
    try {
      return new Readme(file, blocks(Files.readAllLines(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }

  /**
   * Compiles every block, each by itself.
   *
   * @param imports import lines, {@code "import java.time.Duration;\n..."}; what a block uses of
   *     {@code java.lang} needs none
   * @param members fields and methods that the blocks use without declaring them, {@code
   *     "RedisClient redis;"}
   * @throws AssertionError if a block does not compile, with the line of the file, or if the file
   *     has no block, which proves nothing
   */
  public void compile(String imports, String members) {
    requireNonNull(imports, "imports");
    requireNonNull(members, "members");
    if (blocks.isEmpty()) {
      throw new AssertionError(file + " has no ```java block to compile");
    }
    List<String> errors = new ArrayList<>();
    for (Block block : blocks) {
      errors.addAll(compile(block, imports, members));
    }
    if (!errors.isEmpty()) {
      throw new AssertionError("snippets do not compile:\n" + String.join("\n", errors));
    }
  }

  private List<String> compile(Block block, String imports, String members) {
    String before =
        imports
            + "\n"
            + block.imports()
            + "\nclass Snippet {\n"
            + members
            + "\nvoid snippet() throws Throwable {\n";
    String source = before + block.body() + "\n}\n}\n";
    long offset = block.firstLine() - 1 - before.lines().count();
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    if (javac == null) {
      throw new IllegalStateException("no compiler in this Java (expected: a JDK)");
    }
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    List<String> options =
        List.of("-proc:none", "-classpath", System.getProperty("java.class.path"));
    JavacTask task =
        (JavacTask)
            javac.getTask(null, null, diagnostics, options, null, List.of(new Source(source)));
    try {
      task.analyze();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return diagnostics.getDiagnostics().stream()
        .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
        .map(d -> at(d.getLineNumber() + offset, block) + d.getMessage(Locale.ROOT))
        .toList();
  }

  /** An error above the body is one of the imports or members: it stands in the test. */
  private String at(long line, Block block) {
    return line < block.firstLine()
        ? file + " (imports or members given to the block at line " + block.firstLine() + "): "
        : file + ":" + line + ": ";
  }

  private static List<Block> blocks(List<String> lines) {
    List<Block> found = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String fence = lines.get(i).strip();
      if (fence.startsWith("```") && fence.length() > 3) {
        int start = i + 1;
        for (i = start; i < lines.size() && !lines.get(i).strip().equals("```"); i++) {}
        if (fence.equals("```java")) {
          found.add(Block.of(start + 1, lines.subList(start, Math.min(i, lines.size()))));
        }
      }
    }
    return found;
  }

  /** A snippet: its import lines, blanked in the body so that line numbers stay true. */
  private record Block(int firstLine, String imports, String body) {

    static Block of(int firstLine, List<String> lines) {
      return new Block(
          firstLine,
          lines.stream().filter(Block::isImport).collect(Collectors.joining(" ")),
          lines.stream().map(line -> isImport(line) ? "" : line).collect(Collectors.joining("\n")));
    }

    private static boolean isImport(String line) {
      return line.strip().startsWith("import ") && line.strip().endsWith(";");
    }
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String text) {
      super(URI.create("string:///Snippet.java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
