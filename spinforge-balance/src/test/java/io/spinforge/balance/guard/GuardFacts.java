package io.spinforge.balance.guard;

import static io.spinforge.balance.pick.PickFacts.after;
import static io.spinforge.balance.pick.PickFacts.joined;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the guard's formulas say to the rows of the conformance table. */
public final class GuardFacts {
  /** By kind: from what is given to what comes out. */
  public static final Map<String, UnaryOperator<String>> KINDS =
      Map.of(
          "Shares of priorities",
          GuardFacts::priorities,
          "Shares of zones",
          GuardFacts::zones,
          "Slow start",
          GuardFacts::slowStart,
          "Success rate",
          GuardFacts::successRate,
          "Failure percentage",
          GuardFacts::failurePercentage,
          "How long an ejection lasts",
          given -> seconds(rules(given).ejection((long) after("ejection ", given)[0])),
          "How many may be ejected",
          given -> String.valueOf(rules(given).allowed((int) after("members", given)[0])),
          "Failures in a row",
          given -> script(new ConsecutiveHealth((int) after("limit", given)[0], nanos(30)), given),
          "max_fails and fail_timeout",
          given ->
              script(
                  new NginxHealth(
                      (int) after("max_fails", given)[0], nanos(after("fail_timeout", given)[0])),
                  given));

  private static final Pattern STEP = Pattern.compile("(\\d+) s ([a-z]+)");

  private GuardFacts() {}

  private static long nanos(double seconds) {
    return (long) (seconds * Duration.ofSeconds(1).toNanos());
  }

  private static String seconds(long nanos) {
    return Duration.ofNanos(nanos).toSeconds() + " s";
  }

  private static String priorities(String given) {
    String[] levels = given.split(" ");
    int[] usable = Arrays.stream(levels).mapToInt(l -> Integer.parseInt(l.split("/")[0])).toArray();
    int[] all = Arrays.stream(levels).mapToInt(l -> Integer.parseInt(l.split("/")[1])).toArray();
    return joined(Priorities.loads(Priorities.health(usable, all, 1.4)));
  }

  private static String zones(String given) {
    double[] shares = Zones.shares(after("members", given), after("callers", given), 0);
    return Arrays.stream(shares)
        .mapToObj(share -> String.format(Locale.ROOT, "%.2f", 100 * share))
        .collect(Collectors.joining(" "));
  }

  private static String slowStart(String given) {
    SlowStart slow = new SlowStart(nanos(after("window", given)[0]), after("aggression", given)[0]);
    return String.format(Locale.ROOT, "%.3f", slow.factor(nanos(after("after", given)[0])));
  }

  private static RateDetector.Rules rules(String given) {
    boolean rate = given.contains("factor");
    double limit =
        rate ? after("factor", given)[0] : given.contains("limit") ? after("limit", given)[0] : 1;
    double base = given.contains("base") ? after("base", given)[0] : 30;
    double longest = given.contains("longest") ? after("longest", given)[0] : 300;
    double most = given.contains("part") ? after("part", given)[0] / 100 : 0.1;
    return new RateDetector.Rules(
        rate,
        limit,
        new RateDetector.Volume(5, 100),
        new RateDetector.Times(nanos(10), nanos(base), nanos(longest)),
        most);
  }

  private static String successRate(String given) {
    RateDetector.Rules rules = rules(given);
    double[] rates = after("rates", given);
    double threshold = rules.threshold(rates);
    String out =
        Arrays.stream(rates)
            .filter(rate -> rules.isOutlier(rate, threshold))
            .mapToObj(rate -> String.valueOf((int) rate))
            .collect(Collectors.joining(" "));
    return String.format(Locale.ROOT, "below %.2f: %s", threshold, out.isEmpty() ? "nobody" : out);
  }

  private static String failurePercentage(String given) {
    RateDetector.Rules rules = rules(given);
    double[] failed = after("failed", given);
    double rate = 100 - 100 * failed[0] / failed[1];
    return rules.isOutlier(rate, rules.threshold(new double[] {rate})) ? "ejected" : "in use";
  }

  /** Plays "0 s fails, 5 s succeeds, 7 s asked" and says whether it may be used when asked. */
  private static String script(Health health, String given) {
    StringBuilder said = new StringBuilder();
    Matcher step = STEP.matcher(given.substring(given.indexOf(':') + 1));
    while (step.find()) {
      // Some way into the clock's range, as if the process had been up for a day.
      long now = nanos(86_400 + Long.parseLong(step.group(1)));
      switch (step.group(2)) {
        case "fails" -> health.ended(true, now);
        case "succeeds" -> health.ended(false, now);
        case "chosen" -> health.chosen(now);
        default -> said.append(health.eligible(now) ? "in " : "out ");
      }
    }
    return said.toString().strip();
  }
}
