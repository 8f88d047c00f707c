package io.spinforge.benchmarks.gate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads the file that {@code java -jar benchmarks.jar -prof gc -rf json} writes. */
final class JmhJson {

  /** The metric's name; JMH before 1.37 put a dot before it. */
  private static final String METRIC = "gc.alloc.rate.norm";

  private JmhJson() {}

  static Collection<Measured> read(Path file) throws IOException {
    return read(new ObjectMapper().readTree(file.toFile()), file.toString());
  }

  static Collection<Measured> read(JsonNode root, String source) throws IOException {
    if (!root.isArray()) {
      throw new IOException(source + " is not a result of JMH (expected: a JSON array)");
    }
    Map<String, Measured> all = new TreeMap<>();
    for (JsonNode result : root) {
      String benchmark = result.path("benchmark").asText("");
      if (benchmark.isEmpty()) {
        throw new IOException(source + " is not a result of JMH (expected: benchmark)");
      }
      SortedMap<String, String> params = new TreeMap<>();
      for (Map.Entry<String, JsonNode> param : result.path("params").properties()) {
        params.put(param.getKey(), param.getValue().asText());
      }
      String name = Measured.name(benchmark, List.copyOf(params.values()));
      all.merge(name, new Measured(name, forks(result.path("secondaryMetrics"))), Measured::and);
    }
    return all.values();
  }

  /** The mean of each fork's iterations, as JMH itself aggregates them. */
  private static List<Double> forks(JsonNode metrics) {
    List<Double> forks = new ArrayList<>();
    for (Iterator<String> names = metrics.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (name.endsWith(METRIC)) {
        for (JsonNode fork : metrics.get(name).path("rawData")) {
          double sum = 0;
          for (JsonNode iteration : fork) {
            sum += iteration.asDouble(Double.NaN); // JMH writes NaN as a text.
          }
          forks.add(sum / fork.size());
        }
      }
    }
    forks.removeIf(fork -> Double.isNaN(fork));
    return forks;
  }
}
