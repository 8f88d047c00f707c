package io.spinforge.benchmarks.sim;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads cases of one reactive step and prints the number of instances for each, by the code that
 * runs in production: {@code java -cp benchmarks.jar io.spinforge.benchmarks.sim.ReactiveCases
 * cases.json}.
 *
 * <p>The file is an array of cases, or an object whose {@code cases} is one; {@code //} comments
 * are allowed. The fields are those of {@link ReactiveCase}; an unknown one is an error. An example
 * with one case of every kind is {@code reactive-cases.json} beside this class.
 *
 * <ul>
 *   <li>{@code {"current": 3, "target": 30, "instances": [{"usage": 300, "request": 1000}, ...]}}
 *       is a utilization of 30 %. An instance has a {@code class}: ready, missing, unready (not
 *       ready yet: set aside), ignored (deleted or failed).
 *   <li>{@code type} is {@code utilization}, {@code average} (mean per instance: AverageValue of
 *       pods), {@code total} (one instance for each {@code target} of {@code value}: AverageValue
 *       of an object or external metric, KEDA's default) or {@code value} (the ratio to {@code
 *       target} times the ready instances: Value).
 *   <li>Several {@code signals}: the highest counts; with a {@code failed} one nothing shrinks.
 *   <li>{@code behavior} is none unless given: {@code "default"} is that of autoscaling/v2, {@code
 *       "legacy"} twice or 4 and no window, an object has {@code up} and {@code down} with {@code
 *       policies}, {@code select}, {@code stabilizationSeconds}, {@code tolerance}, where what is
 *       left out is the default of autoscaling/v2.
 *   <li>{@code panic} is a step of Knative's rule, {@code ratios} one of the counting rule.
 * </ul>
 *
 * <p>A line of output is {@code name: replicas}, with the stages before it, and with {@code expect}
 * whether it is met. Exit code 0 if all are, 1 if one is not, 2 if the file is wrong.
 */
public final class ReactiveCases {
  private ReactiveCases() {}

  /** Prints the numbers for a file. */
  public static void main(String[] args) {
    if (args.length != 1) {
      System.err.println("usage: ReactiveCases <file.json>");
      System.exit(2);
    }
    System.exit(run(Path.of(args[0]), System.out, System.err));
  }

  /** Prints the numbers for a file and returns the exit code. */
  static int run(Path file, PrintStream out, PrintStream err) {
    ObjectMapper json =
        new ObjectMapper()
            .enable(JsonParser.Feature.ALLOW_COMMENTS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);
    List<String> lines = new ArrayList<>();
    boolean right = true;
    try {
      int number = 0;
      for (JsonNode node : cases(json.readTree(Files.readString(file)))) {
        number++;
        right &= one(json, node, number, lines);
      }
    } catch (IOException | IllegalArgumentException e) {
      lines.forEach(out::println);
      err.println(file.getFileName() + ": " + message(e));
      return 2;
    }
    lines.forEach(out::println);
    return right ? 0 : 1;
  }

  private static JsonNode cases(JsonNode root) {
    if (root.isObject()) {
      root.fieldNames()
          .forEachRemaining(
              name -> {
                if (!name.equals("cases") && !name.equals("comment")) {
                  throw new IllegalArgumentException(name + ": unknown (expected: cases)");
                }
              });
    }
    JsonNode cases = root.isObject() ? root.path("cases") : root;
    if (!cases.isArray()) {
      throw new IllegalArgumentException("cases: missing (expected: an array)");
    }
    return cases;
  }

  private static boolean one(ObjectMapper json, JsonNode node, int number, List<String> lines) {
    String name = "case " + number;
    try {
      ReactiveCase given = json.treeToValue(node, ReactiveCase.class);
      name = given.name() == null ? name : given.name();
      ReactiveStep.Outcome outcome = new ReactiveStep(given, json).run();
      Integer expected = given.expect();
      boolean right = expected == null || expected == outcome.replicas();
      String verdict = expected == null ? "" : right ? " ok" : " EXPECTED " + expected;
      String note = outcome.note().isEmpty() ? "" : ", " + outcome.note();
      lines.add(
          name
              + ": "
              + outcome.replicas()
              + verdict
              + " (raw "
              + outcome.raw()
              + ", stabilized "
              + outcome.stabilized()
              + ", limited "
              + outcome.limited()
              + note
              + ")");
      return right;
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + message(e), e);
    }
  }

  private static String message(Exception e) {
    String text = e instanceof JsonProcessingException j ? j.getOriginalMessage() : e.getMessage();
    return text == null ? e.toString() : text;
  }
}
