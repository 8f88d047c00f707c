package io.spinforge.benchmarks.demo;

import io.spinforge.benchmarks.load.Answer;
import io.spinforge.benchmarks.load.Target;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The demo's customers: each asks the gateway for one item, popular ones more often, and checks
 * what it is told. Counts who served and where the answer came from.
 */
final class Customers implements Target {
  /** How long after an acknowledged write an old version may still be told. */
  static final Duration STALENESS = Duration.ofMillis(500);

  static final int ITEMS = 500;

  private static final Duration PATIENCE = Duration.ofSeconds(11);

  private final HttpClient client;
  private final URI shop;
  private final Catalogue catalogue = new Catalogue(STALENESS);
  private final Map<String, LongAdder> servedBy = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> sources = new ConcurrentHashMap<>();

  Customers(HttpClient client, URI shop) {
    this.client = client;
    this.shop = shop;
  }

  Catalogue catalogue() {
    return catalogue;
  }

  /** Returns how many answers each worker gave so far. */
  Map<String, Long> servedBy() {
    return sums(servedBy);
  }

  /** Returns how many answers came from memory, from Redis and fresh from the database so far. */
  Map<String, Long> sources() {
    return sums(sources);
  }

  @Override
  public CompletionStage<Answer> send(long number) {
    String item = item(number);
    long sentAt = System.nanoTime();
    HttpRequest request = HttpRequest.newBuilder(shop.resolve(item)).timeout(PATIENCE).build();
    return client
        .sendAsync(request, BodyHandlers.ofString())
        .thenApply(response -> judge(item, sentAt, response));
  }

  /** The n-th customer's wish: the cube makes an eighth of the items half of all wishes. */
  static String item(long number) {
    double u = new SplittableRandom(number).nextDouble();
    return String.valueOf((int) (u * u * u * ITEMS));
  }

  private Answer judge(String item, long sentAt, HttpResponse<String> response) {
    if (response.statusCode() != 200) {
      return Answer.failed("status " + response.statusCode());
    }
    count(servedBy, response.headers().firstValue(Wire.WORKER).orElse("unknown"));
    count(sources, response.headers().firstValue(Wire.SOURCE).orElse("unknown"));
    return catalogue.judge(item, Long.parseLong(response.body()), sentAt)
        ? Answer.ok()
        : Answer.failed("stale");
  }

  private static void count(Map<String, LongAdder> counters, String key) {
    counters.computeIfAbsent(key, k -> new LongAdder()).increment();
  }

  private static Map<String, Long> sums(Map<String, LongAdder> counters) {
    Map<String, Long> sums = new TreeMap<>();
    counters.forEach((key, count) -> sums.put(key, count.sum()));
    return sums;
  }
}
