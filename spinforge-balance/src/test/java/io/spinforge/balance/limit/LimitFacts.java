package io.spinforge.balance.limit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** Kinds of facts about limits, for the conformance table. */
public final class LimitFacts {
  /** What each kind's "given" yields. */
  public static final Map<String, UnaryOperator<String>> KINDS =
      Map.of(
          "Limits by AIMD",
          given -> limits(given, (start, most) -> Limit.aimd().bounds(start, 1, most)),
          "Limits by Vegas",
          given ->
              limits(given, (start, most) -> Limit.vegas().bounds(start, most).over(Duration.ZERO)),
          "Limits by gradient",
          given ->
              limits(
                  given,
                  (start, most) -> Limit.gradient().bounds(start, 1, most).over(Duration.ZERO)),
          "Partitions of a limit",
          LimitFacts::partitions,
          "Header fields of a rate limit",
          LimitFacts::headers);

  private LimitFacts() {}

  private interface Rule {
    Limit of(int start, int most);
  }

  private static String limits(String given, Rule rule) {
    String[] parts = given.split(": ");
    String[] bounds = parts[0].split(" of ");
    Limit limit = rule.of(Integer.parseInt(bounds[0]), Integer.parseInt(bounds[1]));
    Estimate estimate = Estimate.of(limit, new SplittableRandom(1));
    List<String> limits = new ArrayList<>();
    for (String sample : parts[1].split(", ")) {
      String[] words = sample.split("[/ ]");
      long rtt = Long.parseLong(words[0]) * 1_000_000;
      boolean lost = words.length > 2;
      int now = estimate.update(rtt, Integer.parseInt(words[1]), lost, 0);
      limits.add(String.valueOf(now));
    }
    return String.join(" ", limits);
  }

  private static String partitions(String given) {
    String[] parts = given.split(": ");
    String[] words = parts[0].split("[;,] ");
    ConcurrencyLimiter.Builder builder =
        ConcurrencyLimiter.builder(Limit.fixed(Integer.parseInt(words[0].split(" ")[1])));
    for (int i = 1; i < words.length; i++) {
      String[] share = words[i].split(" ");
      builder.partition(share[0], Double.parseDouble(share[1]));
    }
    ConcurrencyLimiter limiter = builder.build();
    List<String> admitted = new ArrayList<>();
    Map<String, List<Long>> held = new LinkedHashMap<>();
    for (String step : parts[1].split(", ")) {
      String[] asked = step.split(" ");
      int count = Integer.parseInt(asked[0]);
      List<Long> permits = held.computeIfAbsent(asked[1], name -> new ArrayList<>());
      if (asked.length > 2) {
        for (int i = 0; i < count; i++) {
          limiter.ignored(permits.remove(0));
        }
        continue;
      }
      int before = permits.size();
      for (int i = 0; i < count; i++) {
        long permit = limiter.tryAcquire(asked[1]);
        if (permit != ConcurrencyLimiter.REJECTED) {
          permits.add(permit);
        }
      }
      admitted.add(String.valueOf(permits.size() - before));
    }
    return String.join(" ", admitted);
  }

  private static String headers(String given) {
    String[] words = given.split("[;,]? ");
    long remaining = Long.parseLong(words[7]);
    Duration window = Duration.ofSeconds(Long.parseLong(words[5]));
    RateDecision decision =
        new RateDecision(
            true,
            words[1],
            Long.parseLong(words[3]),
            window,
            remaining,
            Duration.ofSeconds(Long.parseLong(words[9])),
            false);
    return decision.rateLimitPolicy() + " and " + decision.rateLimit();
  }
}
