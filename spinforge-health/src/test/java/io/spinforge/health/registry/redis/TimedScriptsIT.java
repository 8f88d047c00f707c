package io.spinforge.health.registry.redis;

import static io.spinforge.health.registry.store.Answer.Outcome.OWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.spinforge.health.registry.store.Change;
import io.spinforge.health.registry.store.Claim;
import io.spinforge.health.registry.store.Entry;
import io.spinforge.health.registry.store.Lease;
import io.spinforge.health.registry.store.MemoryLeaseStore;
import io.spinforge.health.registry.store.Sync;
import io.spinforge.testkit.RedisServer;
import io.spinforge.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The scripts by a clock that the test sets, against the store of maps by the same clock. */
final class TimedScriptsIT {
  private static final long TTL = 30_000;
  private static final long EPOCH = 1_700_000_000_000L;
  private static RedisServer server;
  private static RedisClient client;
  private static TimedScripts scripts;

  private long now = EPOCH;
  private MemoryLeaseStore maps = new MemoryLeaseStore(() -> now, "maps");

  @BeforeAll
  static void start() {
    server = RedisServer.start();
    client = RedisClient.create(server.uri());
    scripts = new TimedScripts(client.connect().sync());
  }

  @AfterAll
  static void stop() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    server.close();
  }

  @BeforeEach
  void setClock() {
    at(EPOCH);
  }

  private void at(long millis) {
    now = millis;
    scripts.clock(millis);
  }

  private void pass(long millis) {
    at(now + millis);
  }

  private static <T> T get(CompletableFuture<T> future) {
    return future.join();
  }

  private static Claim claim(String id, String nonce) {
    return new Claim(id, nonce, 'U', "p", TTL, false);
  }

  private static Map<String, Entry> entries(Sync sync) {
    Map<String, Entry> entries = new TreeMap<>();
    for (Change change : sync.changes()) {
      entries.put(change.id(), change.entry());
    }
    return entries;
  }

  private void same(String service) {
    Sync real = scripts.sync(service, "", 0);
    Sync oracle = get(maps.sync(service, "", 0));
    assertThat(entries(real)).isEqualTo(entries(oracle));
    assertThat(real.revision()).isEqualTo(oracle.revision());
    assertThat(real.digest()).isEqualTo(oracle.digest());
    assertThat(real.expiryMillis()).isEqualTo(oracle.expiryMillis());
    assertThat(real.graceMillis()).isEqualTo(oracle.graceMillis());
    assertThat(real.leases()).isEqualTo(oracle.leases());
    long from = Math.max(0, real.revision() - 5);
    assertThat(scripts.sync(service, "generation", from).changes())
        .isEqualTo(get(maps.sync(service, "maps", from)).changes());
  }

  private void step(String service, SplittableRandom random) {
    String id = "i" + random.nextInt(14);
    String nonce = "n" + random.nextInt(2);
    char status = random.nextInt(5) == 0 ? 'D' : 'U';
    Claim claim =
        new Claim(
            id,
            nonce,
            status,
            "p" + random.nextInt(3),
            TTL,
            random.nextInt(8) == 0,
            random.nextBoolean());
    Lease lease = new Lease(id, nonce);
    int dice = random.nextInt(100);
    if (dice < 25) {
      assertThat(scripts.register(service, claim)).isEqualTo(get(maps.register(service, claim)));
    } else if (dice < 60) {
      List<Lease> leases = new ArrayList<>();
      int most = random.nextInt(14);
      for (int i = 0; i <= most; i++) {
        leases.add(new Lease("i" + i, "n" + random.nextInt(2)));
      }
      assertThat(scripts.beat(service, TTL, leases))
          .isEqualTo(get(maps.beat(service, TTL, leases)));
    } else if (dice < 66) {
      long epoch = get(maps.beat(service, TTL, List.of(lease))).get(0).epoch();
      scripts.beat(service, TTL, List.of(lease));
      assertThat(scripts.update(service, lease, epoch, claim))
          .isEqualTo(get(maps.update(service, lease, epoch, claim)));
    } else if (dice < 70) {
      assertThat(scripts.remove(service, lease)).isEqualTo(get(maps.remove(service, lease)));
    } else if (dice < 95) {
      pass(random.nextLong(TTL / 3));
    } else if (dice < 98) {
      pass(random.nextLong(2 * TTL)); // perhaps nobody was there for half a lease
    } else if (dice < 99) {
      pass(random.nextLong(25 * TTL));
    } else {
      pass(-random.nextLong(4 * TTL)); // the clock is set back
    }
  }

  @Test
  void dataBegunAnewByOwnersOfLostOnesEndNoLeaseForTwoLeaseTimes() {
    for (boolean again : new boolean[] {true, false}) {
      at(EPOCH);
      String service = "anew-" + again;
      for (int i = 0; i < 10; i++) {
        scripts.register(service, new Claim("i" + i, "n", 'U', "p", TTL, false, again));
      }
      for (int third = 1; third < 6; third++) {
        pass(TTL / 3);
        for (int i = 1; i < 10; i++) {
          scripts.beat(service, TTL, List.of(new Lease("i" + i, "n")));
        }
        // One in ten is silent, which is within the budget.
        boolean there = again || third < 3;
        assertThat(entries(scripts.sync(service, "", 0))).hasSize(there ? 10 : 9);
      }
      pass(TTL / 3);
      assertThat(entries(scripts.sync(service, "", 0))).hasSize(9);
    }
  }

  @Test
  void scriptsCountLeasesAsTheStoreOfMapsDoes() {
    Seeds.run(
        12,
        (seed, random) -> {
          at(EPOCH);
          maps = new MemoryLeaseStore(() -> now, "maps");
          String service = "random-" + seed;
          Claim first = new Claim("i0", "n0", 'U', "p", TTL, false, random.nextBoolean());
          assertThat(scripts.register(service, first))
              .isEqualTo(get(maps.register(service, first)));
          for (int i = 0; i < 200; i++) {
            step(service, random);
            same(service);
          }
        });
  }

  private void fill(String service, int count) {
    for (int i = 0; i < count; i++) {
      scripts.register(service, claim("i" + i, "n"));
    }
  }

  private void beat(String service, int from, int to) {
    List<Lease> leases = new ArrayList<>();
    for (int i = from; i < to; i++) {
      leases.add(new Lease("i" + i, "n"));
    }
    assertThat(scripts.beat(service, TTL, leases)).allMatch(a -> a.outcome() == OWN);
  }

  private static long suspects(Sync sync) {
    return sync.changes().stream().filter(change -> change.entry().suspect()).count();
  }

  @Test
  void sixtyOfAHundredSilentLoseNobodyForTwentyLeasesAndThenTheProtectionEndsByItself() {
    fill("partition", 100);
    for (long t = 0; t < 20 * TTL; t += TTL / 3) {
      beat("partition", 60, 100);
      Sync sync = scripts.sync("partition", "", 0);
      assertThat(sync.changes()).hasSize(100);
      pass(TTL / 3);
    }
    assertThat(suspects(scripts.sync("partition", "", 0))).isEqualTo(60);
    for (int i = 0; i < 10; i++) {
      pass(TTL / 3);
      beat("partition", 60, 100);
    }
    Sync end = scripts.sync("partition", "", 0);
    assertThat(end.changes()).hasSize(40);
    assertThat(end.leases().guardedMillis()).isNegative();
  }

  @Test
  void fifteenOfAHundredAreRemovedAndSixteenAreNot() {
    for (int silent : new int[] {15, 16}) {
      at(EPOCH);
      String service = "silent-" + silent;
      fill(service, 100);
      for (int i = 0; i < 4; i++) {
        pass(TTL / 3 + 1);
        beat(service, silent, 100);
      }
      Sync sync = scripts.sync(service, "", 0);
      assertThat(sync.changes()).hasSize(silent == 15 ? 85 : 100);
      assertThat(suspects(sync)).isEqualTo(silent == 15 ? 0 : 16);
    }
  }

  @Test
  void twoWavesWithinALeaseTimeShareTheBudget() {
    fill("waves", 100);
    for (int i = 1; i <= 5; i++) {
      pass(TTL / 3 + 1);
      beat("waves", i < 3 ? 10 : 20, 100); // ten are silent from the start, ten more since 20 s
    }
    Sync sync = scripts.sync("waves", "", 0);
    assertThat(sync.changes()).hasSize(90);
    assertThat(suspects(sync)).isEqualTo(10);
    assertThat(sync.leases().expected()).isEqualTo(100);
    assertThat(sync.leases().renewing()).isEqualTo(80);
  }

  @Test
  void clockSetBackAnHourNeitherKeepsTheDeadForAnHourNorEndsALivingLease() {
    fill("back", 4);
    pass(TTL / 3);
    beat("back", 0, 4);
    pass(-3_600_000);
    beat("back", 0, 3);
    assertThat(scripts.sync("back", "", 0).changes()).hasSize(4);
    for (int i = 0; i < 4; i++) {
      pass(TTL / 3 + 1);
      beat("back", 0, 3);
    }
    assertThat(entries(scripts.sync("back", "", 0))).containsOnlyKeys("i0", "i1", "i2");
  }

  @Test
  void clockSetForwardAnHourEndsNoLease() {
    fill("forward", 4);
    pass(3_600_000);
    assertThat(scripts.sync("forward", "", 0).changes()).hasSize(4);
    beat("forward", 0, 4);
    pass(TTL / 3);
    beat("forward", 0, 4);
    assertThat(scripts.sync("forward", "", 0).changes()).hasSize(4);
  }
}
