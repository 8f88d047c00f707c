package io.spinforge.benchmarks.registry;

import static io.spinforge.health.registry.store.Answer.Outcome.OWN;
import static io.spinforge.health.registry.store.Answer.Outcome.WRITTEN;

import io.spinforge.health.registry.Registration;
import io.spinforge.health.registry.RegistrationState;
import io.spinforge.health.registry.ServiceInstance;
import io.spinforge.health.registry.ServiceRegistry;
import io.spinforge.health.registry.SimulatedRegistry;
import io.spinforge.health.registry.SimulatedTime;
import io.spinforge.health.registry.redis.RedisLeaseStore;
import io.spinforge.health.registry.store.Answer;
import io.spinforge.health.registry.store.Claim;
import io.spinforge.health.registry.store.Hint;
import io.spinforge.health.registry.store.Lease;
import io.spinforge.health.registry.store.StoreListener;
import io.spinforge.health.registry.store.Sync;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Owners that are stopped, lose their id to a successor, and go on with what they had begun:
 * nothing of it may reach the store.
 *
 * <p>{@code Fencing [rounds] [seed]}: in virtual time with the production engine, then the same
 * writes on a real Redis.
 */
public final class Fencing {
  private static final String SERVICE = "checkout";

  private Fencing() {}

  /** Runs both forms and prints what they saw; throws at the first stale write. */
  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
    long seed = args.length > 1 ? Long.parseLong(args[1]) : 1;
    Lab.print(
        "seed %d: %,d rounds in virtual time, %d stale writes", seed, rounds, run(rounds, seed));
    try (Lab lab = new Lab();
        RedisLeaseStore store = RedisLeaseStore.of(lab.client, "sf", "fencing")) {
      store.start(new Deaf());
      Lab.print("%,d rounds on a real Redis, %d stale writes", rounds, onRedis(store, rounds));
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

  /** Runs so many rounds in virtual time and returns the number of stale writes. */
  public static int run(int rounds, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    SimulatedTime time = new SimulatedTime();
    SimulatedStore store = new SimulatedStore(time, random.split());
    store.quiet = true;
    int stale = 0;
    for (int i = 0; i < rounds; i++) {
      SimulatedStore.Network zombieNetwork = store.network();
      ServiceRegistry zombieHost = SimulatedRegistry.open("zombie", zombieNetwork, time, random);
      ServiceRegistry heir = SimulatedRegistry.open("heir", store.network(), time, random);
      ServiceInstance mine = ServiceInstance.of(SERVICE, "10.0.0.1", 1).id("a").build();
      Registration zombie = zombieHost.register(mine);
      time.advance(Duration.ofMillis(10 + random.nextInt(15_000)));
      zombieNetwork.holding = true; // stopped, with commands that have left or will leave
      int writes = 1 + random.nextInt(3);
      for (int w = 0; w < writes; w++) {
        zombie.update(zombie.instance().withWeight(100 + w));
      }
      if (random.nextInt(4) == 0) {
        zombie.drain(Duration.ZERO);
      }
      ServiceInstance theirs = ServiceInstance.of(SERVICE, "10.0.0.2", 2).id("a").build();
      Registration successor = heir.register(theirs);
      while (successor.state() != RegistrationState.ACTIVE) {
        time.advance(Duration.ofSeconds(1));
      }
      if (random.nextBoolean()) {
        zombieHost.close();
      }
      zombieNetwork.release();
      time.advance(Duration.ofMillis(random.nextInt(30_000)));
      String now = SimulatedRegistry.contents(store.contents(SERVICE)).get("a");
      stale += now != null && now.contains("host=10.0.0.2") && now.startsWith("UP") ? 0 : 1;
      stale += successor.state() == RegistrationState.ACTIVE ? 0 : 1;
      successor.close();
      zombieHost.close();
      heir.close();
      time.advance(Duration.ofSeconds(1));
    }
    return stale;
  }

  private static int onRedis(RedisLeaseStore store, int rounds) throws Exception {
    int stale = 0;
    for (int i = 0; i < rounds; i++) {
      Lease zombie = new Lease("a", "zombie-" + i);
      Lease heir = new Lease("a", "heir-" + i);
      Answer first = get(store.register(SERVICE, claim(zombie, "zombie", true)));
      Answer second = get(store.register(SERVICE, claim(heir, "heir", true)));
      stale += first.outcome() == WRITTEN && second.outcome() == WRITTEN ? 0 : 1;
      // All that a resumed owner may still send, in any mixture; none waits for another.
      var update = store.update(SERVICE, zombie, first.epoch(), claim(zombie, "stale", false));
      var guess = store.update(SERVICE, zombie, second.epoch(), claim(zombie, "stale", false));
      var beat = store.beat(SERVICE, 30_000, List.of(zombie));
      var remove = store.remove(SERVICE, zombie);
      var again = store.register(SERVICE, claim(zombie, "stale", false));
      for (Answer answer :
          List.of(get(update), get(guess), get(beat).get(0), get(remove), get(again))) {
        stale += answer.outcome() == WRITTEN || answer.outcome() == OWN ? 1 : 0;
      }
      Sync sync = get(store.sync(SERVICE, "", 0));
      stale += sync.changes().size() == 1 && holds(sync, "heir") ? 0 : 1;
      get(store.remove(SERVICE, heir));
    }
    return stale;
  }

  private static boolean holds(Sync sync, String payload) {
    return sync.changes().stream()
        .allMatch(change -> change.entry() != null && change.entry().payload().equals(payload));
  }

  private static Claim claim(Lease lease, String payload, boolean takeOver) {
    return new Claim(lease.id(), lease.nonce(), 'U', payload, 30_000, takeOver);
  }

  private static <T> T get(java.util.concurrent.CompletableFuture<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }
}
