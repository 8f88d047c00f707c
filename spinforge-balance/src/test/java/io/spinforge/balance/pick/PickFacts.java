package io.spinforge.balance.pick;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the algorithms say to the rows of the conformance table. */
public final class PickFacts {
  /** By kind: from what is given to what comes out. */
  public static final Map<String, UnaryOperator<String>> KINDS =
      Map.of(
          "Smooth weighted round robin",
          given -> letters(Schedule.of(numbers(given))),
          "Turns after failures",
          PickFacts::nginxTurns,
          "Weighted round robin by threshold",
          given -> letters(LvsWeighted.order(Schedule.turns(numbers(given)))),
          "Turns in a period",
          given -> joined(Schedule.turns(numbers(given))),
          "Maglev's table",
          PickFacts::maglevTable,
          "Maglev's shares",
          PickFacts::maglevShares,
          "Points on the ring",
          PickFacts::ringPoints,
          "Keys that move between members that stay",
          PickFacts::moved,
          "Bounded loads",
          PickFacts::limits,
          "Least loaded",
          PickFacts::leastLoaded);

  private PickFacts() {}

  /** Returns all numbers of a text. */
  public static double[] numbers(String text) {
    return Pattern.compile("-?\\d+(\\.\\d+)?")
        .matcher(text)
        .results()
        .mapToDouble(match -> Double.parseDouble(match.group()))
        .toArray();
  }

  /** Returns the numbers after a name, up to the next semicolon. */
  public static double[] after(String name, String text) {
    int from = text.indexOf(name) + name.length();
    int to = text.indexOf(';', from);
    return numbers(text.substring(from, to < 0 ? text.length() : to));
  }

  /** Returns numbers with spaces between them. */
  public static String joined(int... numbers) {
    return Arrays.stream(numbers).mapToObj(String::valueOf).collect(Collectors.joining(" "));
  }

  private static String letters(int[] order) {
    return Arrays.stream(order).mapToObj(PickFacts::letter).collect(Collectors.joining());
  }

  private static String letter(int index) {
    return String.valueOf((char) ('a' + index));
  }

  private static int[] ints(double[] numbers) {
    return Arrays.stream(numbers).mapToInt(number -> (int) number).toArray();
  }

  /** Plays "weights 5 1 1; max_fails 1: 2 turns, a fails, 7 turns". */
  private static String nginxTurns(String given) {
    double[] weights = after("weights", given);
    int maxFails = (int) after("max_fails", given)[0];
    NginxRoundRobin algorithm = new NginxRoundRobin(node -> maxFails, false);
    Node[] nodes = Nodes.of(algorithm, new int[weights.length]);
    Picker picker = algorithm.over(nodes, weights);
    StringBuilder turns = new StringBuilder();
    for (String step : given.substring(given.indexOf(':') + 1).split(",")) {
      if (step.endsWith("fails")) {
        nodes[step.strip().charAt(0) - 'a'].end(0, 0, Evidence.BAD);
      } else {
        for (int i = 0; i < numbers(step)[0]; i++) {
          turns.append(letter(picker.pick(0)));
        }
        turns.append(' ');
      }
    }
    return turns.toString().strip();
  }

  private static String maglevTable(String given) {
    int[] offsets = ints(after("offsets", given));
    int[] skips = ints(after("skips", given));
    int size = (int) after("size", given)[0];
    char[] table = Maglev.lay(offsets, skips, Nodes.weights(skips.length), size);
    return IntStream.range(0, size)
        .mapToObj(slot -> letter(table[slot]))
        .collect(Collectors.joining());
  }

  private static String maglevShares(String given) {
    double[] weights = after("weights", given);
    double heaviest = Arrays.stream(weights).max().orElse(1);
    int size = (int) after("size", given)[0];
    SplittableRandom random = new SplittableRandom(1);
    int[] slots = new int[weights.length];
    for (char node :
        Maglev.lay(
            random.ints(weights.length, 0, size).toArray(),
            random.ints(weights.length, 1, size).toArray(),
            Arrays.stream(weights).map(weight -> weight / heaviest).toArray(),
            size)) {
      slots[node]++;
    }
    return joined(slots);
  }

  private static String ringPoints(String given) {
    double[] weights = after("weights", given);
    Ring ring = ring(weights.length, weights, (int) after("points", given)[0]);
    int[] points = new int[weights.length];
    for (int i = 0; i < ring.size(); i++) {
      points[ring.owner(i)]++;
    }
    return joined(points);
  }

  private static Ring ring(int size, double[] weights, int points) {
    return new Ring(
        IntStream.range(0, size).mapToLong(i -> Hashing.of("n" + i)).toArray(), weights, points);
  }

  /** Counts the keys that move between members that stay when some are left out. */
  private static String moved(String given) {
    int size = (int) after("members", given)[0];
    Keyed keyed =
        given.startsWith("ring")
            ? Keyed.ring(100, 0)
            : given.startsWith("maglev") ? Keyed.maglev(4_099, 0) : Keyed.rendezvous(0);
    Picker all = keyed.over(Tables.nodes(keyed, Tables.upTo(size)), Nodes.weights(size));
    boolean[] open = new boolean[size];
    Arrays.fill(open, true);
    for (double closed : after("closed", given)) {
      open[(int) closed] = false;
    }
    Picker some = all.among(open);
    int moved = 0;
    for (long key = 0; key < 10_000; key++) {
      int owner = all.pick(0, key);
      moved += open[owner] && some.pick(0, key) != owner ? 1 : 0;
    }
    return String.valueOf(moved);
  }

  private static String limits(String given) {
    double[] weights = after("weights", given);
    AtomicInteger total = new AtomicInteger();
    Gate gate = new Gate(new Node[weights.length], weights, null, after("c", given)[0], total);
    int requests = (int) after("requests", given)[0];
    return joined(IntStream.range(0, weights.length).map(i -> gate.limit(i, requests)).toArray());
  }

  private static String leastLoaded(String given) {
    double[] weights = after("weights", given);
    LeastLoaded algorithm = new LeastLoaded(() -> new SplittableRandom(System.nanoTime()));
    Picker picker = algorithm.over(Nodes.of(algorithm, ints(after("in flight", given))), weights);
    TreeSet<String> chosen = new TreeSet<>();
    for (int i = 0; i < 300; i++) {
      chosen.add(letter(picker.pick(0)));
    }
    return String.join(" or ", chosen);
  }
}
