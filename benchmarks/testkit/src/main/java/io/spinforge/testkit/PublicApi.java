package io.spinforge.testkit;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The listing of a module's public API, checked in beside its pom, so that a change of the API
 * shows in review. It holds the public and protected members of the public types of the exported
 * packages, as the JDK's javap prints them, sorted; whether a type is sealed does not show there.
 */
public final class PublicApi {

  private static final String UPDATE = "api.update";

  private PublicApi() {}

  /**
   * Compares the classes in {@code target/classes} beside {@code listing} with the listing. With
   * {@code -Dapi.update=true} writes the listing instead.
   *
   * @throws AssertionError if they differ, showing the lines, or if {@code packages} are not the
   *     packages that the module exports
   */
  public static void assertListed(Path listing, String... packages) {
    requireNonNull(listing, "listing");
    Path classes = listing.toAbsolutePath().resolveSibling(Path.of("target", "classes"));
    try {
      List<String> actual = list(classes, new TreeSet<>(List.of(packages)));
      if (Boolean.getBoolean(UPDATE)) {
        Files.write(listing, actual);
        return;
      }
      List<String> expected = Files.exists(listing) ? Files.readAllLines(listing) : List.of();
      if (!actual.equals(expected)) {
        throw new AssertionError(
            "the public API is not what "
                + listing
                + " lists (fix: undo the change, or run the"
                + " test with -D"
                + UPDATE
                + "=true and check the listing in):\n"
                + difference(expected, actual));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> list(Path classes, Set<String> packages) throws IOException {
    Set<String> exported = exported(classes);
    if (!exported.equals(packages)) {
      throw new AssertionError("the module exports " + exported + ", the test names " + packages);
    }
    Map<String, List<String>> types = new TreeMap<>();
    for (String name : packages) {
      types.putAll(types(classes, name));
    }
    List<String> lines = new ArrayList<>();
    for (List<String> type : types.values()) {
      if (!lines.isEmpty()) {
        lines.add("");
      }
      lines.addAll(type);
    }
    return lines;
  }

  /** The packages exported to everyone; a module descriptor is the only thing that exports. */
  private static Set<String> exported(Path classes) throws IOException {
    try (InputStream in = Files.newInputStream(classes.resolve("module-info.class"))) {
      return ModuleDescriptor.read(in).exports().stream()
          .filter(exports -> !exports.isQualified())
          .map(ModuleDescriptor.Exports::source)
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** The public types of a package by name, each as its lines. */
  private static Map<String, List<String>> types(Path classes, String name) throws IOException {
    List<String> files;
    try (Stream<Path> entries = Files.list(classes.resolve(name.replace('.', '/')))) {
      files =
          entries
              .map(Path::toString)
              .filter(file -> file.endsWith(".class") && !file.endsWith("package-info.class"))
              .sorted()
              .toList();
    }
    Map<String, List<String>> types = new TreeMap<>();
    if (!files.isEmpty()) {
      List<String> members = new ArrayList<>();
      for (String line : javap(files)) {
        if (line.endsWith("{")) {
          members = new ArrayList<>(List.of(line));
        } else if (line.equals("}")) {
          members.subList(1, members.size()).sort(Comparator.naturalOrder());
          members.add(line);
          types.put(typeName(members.get(0)), members);
        } else if (!line.startsWith("Compiled from") && !line.strip().equals("static {};")) {
          members.add(line);
        }
      }
    }
    types.keySet().removeIf(type -> !isPublic(type, types));
    return types;
  }

  /** Whether the type and all that enclose it are public. */
  private static boolean isPublic(String type, Map<String, List<String>> types) {
    for (int end = type.length(); end >= 0; end = type.lastIndexOf('$', end - 1)) {
      List<String> lines = types.get(type.substring(0, end));
      if (lines == null || !lines.get(0).startsWith("public ")) {
        return false;
      }
    }
    return true;
  }

  private static String typeName(String header) {
    List<String> words = List.of(header.split("[ <]"));
    int kind = Math.max(words.indexOf("class"), words.indexOf("interface"));
    return words.get(kind + 1);
  }

  private static List<String> javap(List<String> files) {
    ToolProvider javap =
        ToolProvider.findFirst("javap")
            .orElseThrow(
                () -> new IllegalStateException("no javap in this Java (expected: a JDK)"));
    List<String> args = new ArrayList<>(List.of("-protected"));
    args.addAll(files);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = javap.run(new PrintWriter(out), new PrintWriter(err), args.toArray(String[]::new));
    if (code != 0) {
      throw new IllegalStateException("javap failed: " + err);
    }
    return out.toString().lines().toList();
  }

  /** The lines that only one side has, each under the header of its type. */
  private static String difference(List<String> expected, List<String> actual) {
    Set<String> before = named(expected);
    Set<String> after = named(actual);
    TreeSet<String> lines = new TreeSet<>(Comparator.comparing((String s) -> s.substring(2)));
    before.stream().filter(line -> !after.contains(line)).map("- "::concat).forEach(lines::add);
    after.stream().filter(line -> !before.contains(line)).map("+ "::concat).forEach(lines::add);
    return lines.isEmpty() ? "(order or blank lines only)" : String.join("\n", lines);
  }

  private static Set<String> named(List<String> listing) {
    Set<String> named = new TreeSet<>();
    String type = "";
    for (String line : listing) {
      if (line.endsWith("{")) {
        type = typeName(line);
        named.add(line);
      } else if (!line.isEmpty() && !line.equals("}")) {
        named.add(type + ": " + line.strip());
      }
    }
    return named;
  }
}
