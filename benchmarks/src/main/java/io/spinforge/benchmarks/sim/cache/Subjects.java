package io.spinforge.benchmarks.sim.cache;

import io.spinforge.cache.memory.Glob;
import java.util.List;

/** What an invalidation is about, as the oracle names it: full keys, and tags with a hash. */
final class Subjects {
  private Subjects() {}

  /** Returns what a record of the control log is about. */
  static List<String> of(char operation, List<String> arguments, List<String> fullKeys) {
    return switch (operation) {
      case 'T' ->
          arguments.contains("*") ? fullKeys : arguments.stream().map(tag -> "#" + tag).toList();
      case 'G' -> matching(arguments.get(0) + ":", Glob.of(arguments.get(1)), fullKeys);
      default -> fullKeys.stream().filter(key -> key.startsWith(arguments.get(0) + ":")).toList();
    };
  }

  private static List<String> matching(String cache, Glob glob, List<String> fullKeys) {
    return fullKeys.stream()
        .filter(key -> key.startsWith(cache) && glob.matches(key.substring(cache.length())))
        .toList();
  }
}
