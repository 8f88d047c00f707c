package io.spinforge.benchmarks.registry;

import io.lettuce.core.api.async.RedisAsyncCommands;
import io.spinforge.benchmarks.registry.Lab.Stat;
import io.spinforge.health.registry.RedisServiceRegistry;
import io.spinforge.health.registry.Registration;
import io.spinforge.health.registry.ServiceRegistry;
import io.spinforge.health.registry.Watch;
import io.spinforge.health.registry.redis.RedisLeaseStore;
import io.spinforge.health.registry.store.Answer;
import io.spinforge.health.registry.store.Claim;
import io.spinforge.health.registry.store.Hint;
import io.spinforge.health.registry.store.Lease;
import io.spinforge.health.registry.store.StoreListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the registry costs Redis.
 *
 * <p>{@code beats [instances] [seconds]}: heartbeats of so many instances every 10 s, once as
 * processes of their own with a command each, once 128 to a command, beside as many plain SETs;
 * prints Redis' CPU and the scripts' time. {@code large [instances]}: one service of so many
 * instances, every kind of command on it, and what of it took longer than a millisecond. {@code
 * bytes [instances] [watchers]}: what Redis sends for one status change.
 */
public final class RegistryCost {
  private static final int SERVICES = 100;
  private static final long TTL = 30_000;

  /** What Redis' slow log says of arguments that it leaves out. */
  private static final Pattern MORE = Pattern.compile("^\\.\\.\\. \\((\\d+) more arguments\\)$");

  private RegistryCost() {}

  /** Runs one of the measurements. */
  public static void main(String[] args) throws Exception {
    String what = args.length > 0 ? args[0] : "beats";
    int first = args.length > 1 ? Integer.parseInt(args[1]) : 0;
    int second = args.length > 2 ? Integer.parseInt(args[2]) : 0;
    switch (what) {
      case "beats" -> beats(first == 0 ? 100_000 : first, second == 0 ? 30 : second);
      case "large" -> large(first == 0 ? 10_000 : first);
      case "bytes" -> bytes(first == 0 ? 10_000 : first, second == 0 ? 20 : second);
      default -> throw new IllegalArgumentException(what + " (expected: beats, large or bytes)");
    }
  }

  private static final class Deaf implements StoreListener {
    @Override
    public void changed(Hint hint) {}

    @Override
    public void reborn(String service) {}

    @Override
    public void following(String service) {}

    @Override
    public void connected() {}
  }

  // Heartbeats

  private static void beats(int instances, int seconds) throws Exception {
    try (Lab lab = new Lab();
        RedisLeaseStore store = RedisLeaseStore.of(lab.client, "sf", "cost")) {
      store.start(new Deaf());
      int perService = instances / SERVICES;
      fill(store, perService);
      sets(lab, instances / 10.0, seconds);
      for (int leases : new int[] {1, 128}) {
        Map<String, Stat> before = lab.commandStats();
        double cpu = lab.cpuSeconds();
        long begun = System.nanoTime();
        long sent = beat(store, perService, leases, instances / 10.0 / leases, seconds);
        double took = (System.nanoTime() - begun) / 1e9;
        double used = lab.cpuSeconds() - cpu;
        Stat now = lab.commandStats().getOrDefault("evalsha", new Stat(0, 0));
        Stat then = before.getOrDefault("evalsha", new Stat(0, 0));
        double renewals = (double) sent * leases / took;
        double share = 100 * used / took * (instances / 10.0) / renewals;
        Lab.print(
            "%,d instances, %d leases a command: %,.0f renewals/s in %.0f s; Redis used %.1f %% of"
                + " a core (%.1f %% at the full rate), %.1f us of CPU and %.1f us in the script a"
                + " command",
            instances,
            leases,
            renewals,
            took,
            100 * used / took,
            share,
            1e6 * used / sent,
            (double) (now.micros() - then.micros()) / (now.calls() - then.calls()));
      }
    }
  }

  /** The floor: what as many of the cheapest writes cost on the same machine. */
  private static void sets(Lab lab, double perSecond, int seconds) throws Exception {
    Semaphore window = new Semaphore(1000);
    RedisAsyncCommands<String, String> async = lab.client.connect().async();
    double cpu = lab.cpuSeconds();
    long begun = System.nanoTime();
    long n = 0;
    for (; System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(seconds); n++) {
      LockSupport.parkNanos(begun + (long) (n / perSecond * 1e9) - System.nanoTime());
      window.acquire();
      var unused = async.set("k" + n % 1000, "v").whenComplete((a, e) -> window.release());
    }
    window.acquire(1000);
    double used = lab.cpuSeconds() - cpu;
    double took = (System.nanoTime() - begun) / 1e9;
    Lab.print(
        "plain SETs: %,.0f/s; Redis used %.1f %% of a core, %.1f us of CPU a command",
        n / took, 100 * used / took, 1e6 * used / n);
  }

  private static void fill(RedisLeaseStore store, int perService) throws Exception {
    Semaphore window = new Semaphore(500);
    for (int i = 0; i < SERVICES * perService; i++) {
      window.acquire();
      String service = "service-" + i % SERVICES;
      String payload = "v=1&scheme=http&host=10.0.0.7&port=8080&weight=1";
      Claim claim = new Claim("i" + i / SERVICES, "n", 'U', payload, TTL, false);
      var unused = store.register(service, claim).whenComplete((a, e) -> window.release());
    }
    window.acquire(500);
  }

  private static long beat(
      RedisLeaseStore store, int perService, int leases, double perSecond, int seconds)
      throws Exception {
    Semaphore window = new Semaphore(1000);
    long begun = System.nanoTime();
    long n = 0;
    for (; System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(seconds); n++) {
      long due = begun + (long) (n / perSecond * 1e9);
      LockSupport.parkNanos(due - System.nanoTime());
      List<Lease> group = new ArrayList<>(leases);
      int from = (int) (n / SERVICES * leases % perService);
      for (int i = 0; i < leases; i++) {
        group.add(new Lease("i" + (from + i) % perService, "n"));
      }
      window.acquire();
      CompletableFuture<List<Answer>> sent = store.beat("service-" + n % SERVICES, TTL, group);
      var unused =
          sent.whenComplete(
              (answers, cause) -> {
                window.release();
                if (cause != null || answers.get(0).outcome() != Answer.Outcome.OWN) {
                  throw new IllegalStateException("a heartbeat failed: " + answers, cause);
                }
              });
    }
    window.acquire(1000);
    return n;
  }

  // A large service

  private static void large(int instances) throws Exception {
    try (Lab lab = new Lab("slowlog-log-slower-than 1000", "slowlog-max-len 1000")) {
      List<ServiceRegistry> owners = new ArrayList<>();
      List<Registration> all = new ArrayList<>();
      for (int i = 0; i < instances; i++) {
        if (i % 1000 == 0) {
          owners.add(
              lab.registry().name("owner-" + i / 1000).timeout(Duration.ofSeconds(20)).build());
        }
        all.add(owners.get(i / 1000).register(Lab.instance("large", i)));
      }
      Lab.awaitActive(all);
      try (ServiceRegistry watcher = lab.registry().timeout(Duration.ofSeconds(20)).build()) {
        Watch watch = watcher.watch("large", list -> {});
        Lab.await(Duration.ofMinutes(1), () -> watch.snapshot().up().size() == instances);
        for (int i = 0; i < 1000; i++) {
          Registration one = all.get(i * instances / 1000);
          one.update(one.instance().withWeight(2 + i % 7));
        }
        TimeUnit.SECONDS.sleep(12); // heartbeats and questions
      }
      lab.commandStats()
          .forEach(
              (name, stat) ->
                  Lab.print(
                      "%-18s %,9d calls, %.1f us each",
                      name, stat.calls(), (double) stat.micros() / stat.calls()));
      for (String never : List.of("keys", "scan", "smembers")) {
        if (lab.commandStats().containsKey(never)) {
          throw new IllegalStateException(never + " was called (expected: never)");
        }
      }
      slow(lab);
      owners.forEach(ServiceRegistry::close);
    }
  }

  /** Prints the commands that took longer than a millisecond, by their number of arguments. */
  private static void slow(Lab lab) {
    Map<String, LongSummaryStatistics> slow = new TreeMap<>();
    for (Object entry : lab.commands.slowlogGet(1000)) {
      List<?> fields = (List<?>) entry;
      List<?> arguments = (List<?>) fields.get(3);
      Matcher more = MORE.matcher((String) arguments.get(arguments.size() - 1));
      int all = arguments.size() + (more.find() ? Integer.parseInt(more.group(1)) - 1 : 0);
      slow.computeIfAbsent(
              "%s of %d arguments".formatted(arguments.get(0), all),
              any -> new LongSummaryStatistics())
          .accept((Long) fields.get(2));
    }
    Lab.print("longer than 1 ms on the wall clock: %,d commands", lab.commands.slowlogLen());
    slow.forEach(
        (what, micros) ->
            Lab.print(
                "%s: %,d, mean %,.0f us, slowest %,d us",
                what, micros.getCount(), micros.getAverage(), micros.getMax()));
  }

  // One change

  /** Begins a registry without heartbeats and questions while the measurement lasts. */
  private static RedisServiceRegistry.Builder rare(Lab lab) {
    return lab.registry()
        .ttl(Duration.ofHours(3))
        .heartbeat(Duration.ofHours(1))
        .reconcile(Duration.ofHours(1))
        .timeout(Duration.ofSeconds(20));
  }

  private static void bytes(int instances, int watchers) throws Exception {
    int changes = 50;
    try (Lab lab = new Lab();
        ServiceRegistry owner = rare(lab).name("owner").build()) {
      List<Registration> all = new ArrayList<>();
      for (int i = 0; i < instances; i++) {
        all.add(owner.register(Lab.instance("large", i)));
      }
      Lab.awaitActive(all);
      List<ServiceRegistry> others = new ArrayList<>();
      List<Watch> watches = new ArrayList<>();
      for (int i = 0; i < watchers; i++) {
        others.add(rare(lab).name("w" + i).build());
        watches.add(others.get(i).watch("large", list -> {}));
      }
      Lab.await(
          Duration.ofMinutes(2),
          () -> watches.stream().allMatch(w -> w.snapshot().up().size() == instances));
      TimeUnit.SECONDS.sleep(1);
      long before = lab.bytesOut();
      for (int i = 0; i < changes; i++) {
        Registration one = all.get(i);
        one.drain(Duration.ZERO);
        int left = instances - i - 1;
        Lab.await(
            Duration.ofMinutes(1),
            () -> watches.stream().allMatch(w -> w.snapshot().up().size() == left));
      }
      double each = (double) (lab.bytesOut() - before) / changes / watchers;
      Lab.print(
          "one status change in %,d instances: %.0f bytes sent per watcher (hints, and the owner's"
              + " answers)",
          instances, each);
      others.forEach(ServiceRegistry::close);
    }
  }
}
