package io.spinforge.health.registry.redis;

import static io.spinforge.health.registry.store.Answer.Outcome.GONE;
import static io.spinforge.health.registry.store.Answer.Outcome.OWN;
import static io.spinforge.health.registry.store.Answer.Outcome.TAKEN;
import static io.spinforge.health.registry.store.Answer.Outcome.WRITTEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.spinforge.health.registry.store.Answer;
import io.spinforge.health.registry.store.Change;
import io.spinforge.health.registry.store.Claim;
import io.spinforge.health.registry.store.Entry;
import io.spinforge.health.registry.store.Hint;
import io.spinforge.health.registry.store.Lease;
import io.spinforge.health.registry.store.LeaseStore;
import io.spinforge.health.registry.store.MemoryLeaseStore;
import io.spinforge.health.registry.store.StoreListener;
import io.spinforge.health.registry.store.Sync;
import io.spinforge.testkit.RedisServer;
import io.spinforge.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The scripts on a real server, against the store of maps and one by one. */
final class ScriptsIT {
  private static final long LEASE = 60_000;
  private static RedisServer server;
  private static RedisClient client;
  private static RedisCommands<String, String> commands;
  private static RedisLeaseStore store;
  private static final List<Hint> hints = new CopyOnWriteArrayList<>();
  private static final List<String> reborn = new CopyOnWriteArrayList<>();
  private static final List<String> following = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void start() {
    server = RedisServer.start();
    client = RedisClient.create(server.uri());
    commands = client.connect().sync();
    store = RedisLeaseStore.of(client, "t", "scripts");
    store.start(new Ear());
  }

  @AfterAll
  static void stop() {
    store.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    server.close();
  }

  private static final class Ear implements StoreListener {
    @Override
    public void changed(Hint hint) {
      hints.add(hint);
    }

    @Override
    public void reborn(String service) {
      reborn.add(service);
    }

    @Override
    public void following(String service) {
      following.add(service);
    }

    @Override
    public void connected() {}
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }

  private static Claim claim(String id, String nonce, String payload) {
    return new Claim(id, nonce, 'U', payload, LEASE, false);
  }

  private static Claim brief(String id, String nonce, long ttlMillis) {
    return new Claim(id, nonce, 'U', "p", ttlMillis, false);
  }

  private static Map<String, Entry> entries(Sync sync) {
    Map<String, Entry> entries = new TreeMap<>();
    for (Change change : sync.changes()) {
      entries.put(change.id(), change.entry());
    }
    return entries;
  }

  private static Answer onBoth(String service, LeaseStore other, Op op) throws Exception {
    Answer real = get(op.on(service, store));
    Answer oracle = get(op.on(service, other));
    assertThat(real.outcome()).isEqualTo(oracle.outcome());
    assertThat(real.epoch()).isEqualTo(oracle.epoch());
    return real;
  }

  /** One operation on a store. */
  private interface Op {
    CompletableFuture<Answer> on(String service, LeaseStore store);
  }

  @Test
  void scriptsAnswerAsTheStoreOfMapsDoes() {
    Seeds.run(
        15,
        (seed, random) -> {
          String service = "oracle-" + seed;
          LeaseStore maps = new MemoryLeaseStore();
          for (int i = 0; i < 60; i++) {
            String id = "i" + random.nextInt(5);
            String nonce = "n" + random.nextInt(3);
            String payload = "p " + random.nextInt(3);
            boolean takeOver = random.nextInt(5) == 0;
            long epoch = random.nextInt(1, i + 2);
            Claim claim = new Claim(id, nonce, 'U', payload, LEASE, takeOver);
            Lease lease = new Lease(id, nonce);
            switch (random.nextInt(4)) {
              case 0 -> onBoth(service, maps, (s, to) -> to.register(s, claim));
              case 1 -> {
                long current = get(store.beat(service, LEASE, List.of(lease))).get(0).epoch();
                long given = random.nextBoolean() ? current : epoch;
                onBoth(service, maps, (s, to) -> to.update(s, lease, given, claim));
              }
              case 2 -> onBoth(service, maps, (s, to) -> to.remove(s, lease));
              default ->
                  onBoth(
                      service,
                      maps,
                      (s, to) -> to.beat(s, LEASE, List.of(lease)).thenApply(a -> a.get(0)));
            }
            Sync real = get(store.sync(service, "", 0));
            Sync oracle = get(maps.sync(service, "", 0));
            assertThat(entries(real)).isEqualTo(entries(oracle));
            assertThat(real.revision()).isEqualTo(oracle.revision());
            assertThat(real.digest()).isEqualTo(oracle.digest());
          }
        });
  }

  @Test
  void updateThatNamesAnOlderEpochChangesNothing() throws Exception {
    Lease lease = new Lease("a", "n");
    Answer first = get(store.register("cas", claim("a", "n", "one")));
    Answer second = get(store.update("cas", lease, first.epoch(), claim("a", "n", "two")));
    assertThat(second.outcome()).isEqualTo(WRITTEN);
    Answer late = get(store.update("cas", lease, first.epoch(), claim("a", "n", "late")));
    assertThat(late.outcome()).isEqualTo(OWN);
    assertThat(late.epoch()).isEqualTo(second.epoch());
    assertThat(entries(get(store.sync("cas", "", 0))).get("a").payload()).isEqualTo("two");
  }

  @Test
  void askingAgainGetsOnlyWhatChanged() throws Exception {
    get(store.register("deltas", claim("a", "n", "pa")));
    Sync all = get(store.sync("deltas", "", 0));
    assertThat(all.whole()).isTrue();
    get(store.register("deltas", claim("b", "n", "pb")));
    get(store.remove("deltas", new Lease("a", "n")));
    Sync since = get(store.sync("deltas", all.generation(), all.revision()));
    assertThat(since.whole()).isFalse();
    assertThat(since.changes()).extracting(Change::revision).containsExactly(2L, 3L);
    assertThat(since.changes().get(0).entry()).isNotNull();
    assertThat(since.changes().get(1).entry()).isNull();
    Sync none = get(store.sync("deltas", since.generation(), since.revision()));
    assertThat(none.whole()).isFalse();
    assertThat(none.changes()).isEmpty();
  }

  @Test
  void trimmedHistoryIsAnsweredWithEverything() throws Exception {
    get(store.register("trimmed", claim("a", "n", "p")));
    Sync all = get(store.sync("trimmed", "", 0));
    get(store.register("trimmed", claim("b", "n", "p")));
    get(store.register("trimmed", claim("c", "n", "p")));
    commands.xtrim("t:{trimmed}:x", 1);
    Sync since = get(store.sync("trimmed", all.generation(), all.revision()));
    assertThat(since.whole()).isTrue();
    assertThat(entries(since)).containsOnlyKeys("a", "b", "c");
  }

  @Test
  void elevenHundredEntriesAreReadInChunks() throws Exception {
    List<CompletableFuture<Answer>> sent = new ArrayList<>();
    IntStream.range(0, 1100)
        .forEach(i -> sent.add(store.register("large", claim("i" + i, "n", "p".repeat(100)))));
    for (CompletableFuture<Answer> one : sent) {
      assertThat(get(one).outcome()).isEqualTo(WRITTEN);
    }
    Sync all = get(store.sync("large", "", 0));
    assertThat(all.whole()).isTrue();
    assertThat(all.changes()).hasSize(1100);
    assertThat(all.revision()).isEqualTo(1100);
    long sum = 0;
    for (Change change : all.changes()) {
      sum = (sum + change.entry().hash()) % Entry.MODULUS;
    }
    assertThat(all.digest()).isEqualTo(sum);
  }

  @Test
  void historyIsBounded() throws Exception {
    Lease lease = new Lease("a", "n");
    long epoch = get(store.register("bounded", claim("a", "n", "p"))).epoch();
    for (int i = 0; i < 1300; i++) {
      epoch = get(store.update("bounded", lease, epoch, claim("a", "n", "p" + i))).epoch();
    }
    assertThat(commands.xlen("t:{bounded}:x")).isLessThan(1200);
  }

  @Test
  void expiredEntryIsSweptByTheNextHeartbeatOfAnother() throws Exception {
    get(store.register("sweep", brief("a", "n", 300)));
    get(store.register("sweep", brief("b", "n", 300)));
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () ->
                get(store.beat("sweep", 300, List.of(new Lease("b", "n")))).get(0).outcome() == OWN
                    && commands.zscore("t:{sweep}:d", "a") == null);
    assertThat(entries(get(store.sync("sweep", "", 0)))).containsOnlyKeys("b");
    assertThat(get(store.beat("sweep", 300, List.of(new Lease("a", "n")))).get(0).outcome())
        .isEqualTo(GONE);
  }

  @Test
  void leaseOfAnotherIsHeldUntilItEnds() throws Exception {
    get(store.register("held", brief("a", "one", 60_000)));
    Answer refused = get(store.register("held", brief("a", "two", 60_000)));
    assertThat(refused.outcome()).isEqualTo(TAKEN);
    assertThat(refused.waitMillis()).isBetween(30_000L, 60_000L);
    Answer forced = get(store.register("held", new Claim("a", "two", 'U', "p", 60_000, true)));
    assertThat(forced.outcome()).isEqualTo(WRITTEN);
    assertThat(forced.epoch()).isGreaterThan(refused.epoch());
    assertThat(get(store.beat("held", LEASE, List.of(new Lease("a", "one")))).get(0).outcome())
        .isEqualTo(TAKEN);
    assertThat(get(store.remove("held", new Lease("a", "one"))).outcome()).isEqualTo(TAKEN);
  }

  @Test
  void storeThatNobodyReachedGrantsGraceOnce() throws Exception {
    long ttl = 1000;
    get(store.register("grace", brief("a", "n", ttl)));
    commands.hset("t:{grace}:m", "seen", "1"); // as if nobody had come since
    commands.zadd("t:{grace}:d", 1, "a");
    Sync first = get(store.sync("grace", "", 0));
    assertThat(entries(first)).containsOnlyKeys("a");
    assertThat(first.graceMillis()).isBetween(1L, ttl);
    commands.hset("t:{grace}:m", "seen", "1"); // again, and no heartbeat came meanwhile
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> get(store.sync("grace", "", 0)).changes().isEmpty());
  }

  @Test
  void hintsCarryTheChangeAndNewGenerationsAreTold() throws Exception {
    store.follow("hints", true);
    await().atMost(Duration.ofSeconds(20)).until(() -> following.contains("hints"));
    get(store.register("hints", claim("a", "n", "v=1 with spaces")));
    await().atMost(Duration.ofSeconds(20)).until(() -> !hints.isEmpty());
    Hint hint = hints.get(0);
    assertThat(hint.service()).isEqualTo("hints");
    assertThat(hint.change().revision()).isEqualTo(1);
    assertThat(hint.change().entry().payload()).isEqualTo("v=1 with spaces");
    assertThat(hint.digest()).isEqualTo(hint.change().entry().hash());
    assertThat(reborn).contains("hints");
    store.unfollow("hints");
  }

  @Test
  void heartbeatsWakeNobodyAndTouchOnlyTheLease() throws Exception {
    get(store.register("quiet", claim("a", "n", "p")));
    Sync before = get(store.sync("quiet", "", 0));
    for (int i = 0; i < 20; i++) {
      get(store.beat("quiet", LEASE, List.of(new Lease("a", "n"))));
    }
    Sync after = get(store.sync("quiet", "", 0));
    assertThat(after.revision()).isEqualTo(before.revision());
    assertThat(commands.xlen("t:{quiet}:x")).isEqualTo(1);
  }
}
