package io.spinforge.health.registry;

import static io.spinforge.health.registry.RegistrationState.ACTIVE;
import static io.spinforge.health.registry.RegistrationState.CLOSED;
import static io.spinforge.health.registry.RegistrationState.PENDING;
import static io.spinforge.health.registry.RegistrationState.UNCERTAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The engine in virtual time, over a store that misbehaves. */
final class EngineTest {
  private static final Duration TTL = Duration.ofSeconds(30);
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);
  private static final Duration RECONCILE = Duration.ofSeconds(5);
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final String SERVICE = "checkout";

  private final ManualScheduler time = new ManualScheduler();
  private final FaultyStore store = new FaultyStore(time);
  private final List<String> heard = new ArrayList<>();

  private Engine engine(long seed) {
    return engine(seed, InstantSource.system());
  }

  private Engine engine(long seed, InstantSource clock) {
    RegistryListener listener =
        new RegistryListener() {
          @Override
          public void registrationChanged(
              Registration registration,
              RegistrationState from,
              RegistrationState to,
              Throwable cause) {
            heard.add(from + ">" + to);
          }

          @Override
          public void storeChanged(String service, boolean reachable, Throwable cause) {
            heard.add(service + (reachable ? " answers" : " silent"));
          }

          @Override
          public void protectionChanged(String service, Protection from, Protection to) {
            heard.add(from + ">" + to);
          }
        };
    Settings settings = new Settings("test", TTL, HEARTBEAT, RECONCILE, TIMEOUT, false);
    return Engine.start(
        settings,
        store,
        new Listeners(Runnable::run, listener, () -> {}),
        time,
        new SplittableRandom(seed),
        clock);
  }

  private static ServiceInstance instance(int port) {
    return ServiceInstance.of(SERVICE, "10.0.0.7", port).build();
  }

  private static List<Integer> ports(Watch watch) {
    return watch.snapshot().up().stream().map(ServiceInstance::port).toList();
  }

  @Test
  void heartbeatsAreNeverFurtherApartThanTheIntervalAndNotInStep() {
    Seeds.run(
        20,
        (seed, random) -> {
          store.beatsAt.clear();
          Engine engine = engine(seed);
          engine.register(instance((int) seed));
          time.advance(Duration.ofMinutes(10));
          List<Long> gaps = new ArrayList<>();
          for (int i = 1; i < store.beatsAt.size(); i++) {
            gaps.add(store.beatsAt.get(i) - store.beatsAt.get(i - 1));
          }
          assertThat(gaps).hasSizeGreaterThan(50).doesNotHaveDuplicates();
          assertThat(gaps)
              .allMatch(gap -> gap <= HEARTBEAT.toNanos() && gap >= HEARTBEAT.toNanos() * 9 / 10);
          engine.close();
        });
  }

  @Test
  void oneHeartbeatRenewsUpToOneHundredTwentyEightLeases() {
    Engine engine = engine(1);
    for (int i = 1; i <= 600; i++) {
      engine.register(instance(i));
    }
    time.advance(HEARTBEAT);
    assertThat(store.beatSizes).containsExactly(128, 128, 128, 128, 88);
    assertThat(engine.stats().heartbeats()).isEqualTo(5);
  }

  @Test
  void firstFailureDoesNotStopTheHeartbeats() {
    Engine engine = engine(1);
    Registration me = engine.register(instance(1));
    assertThat(me.state()).isEqualTo(ACTIVE);
    store.failing = true;
    time.advance(HEARTBEAT);
    assertThat(me.state()).isEqualTo(UNCERTAIN);
    int before = store.attempts;
    time.advance(Duration.ofMinutes(10));
    // Pauses double up to 2 s, each between half of that and all of it.
    assertThat(store.attempts - before).isBetween(300, 620);
    store.failing = false;
    time.advance(Duration.ofSeconds(2));
    assertThat(me.state()).isEqualTo(ACTIVE);
    assertThat(heard)
        .containsExactly(
            "PENDING>ACTIVE",
            SERVICE + " silent",
            "ACTIVE>UNCERTAIN",
            SERVICE + " answers",
            "UNCERTAIN>ACTIVE");
  }

  @Test
  void silenceIsAFailureAfterTheTimeout() {
    Engine engine = engine(1);
    Registration me = engine.register(instance(1));
    store.hanging = true;
    time.advance(HEARTBEAT.plus(TIMEOUT));
    assertThat(me.state()).isEqualTo(UNCERTAIN);
    assertThat(engine.stats().unreachableServices()).isEqualTo(1);
    store.hanging = false;
    time.advance(TIMEOUT.plusSeconds(2));
    assertThat(me.state()).isEqualTo(ACTIVE);
    assertThat(engine.stats().unreachableServices()).isZero();
  }

  @Test
  void everythingThatWaitedFollowsTheFirstAnswer() {
    store.failing = true;
    Engine engine = engine(1);
    Watch watch = engine.watch(SERVICE, list -> {});
    List<Registration> all = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      all.add(engine.register(instance(i)));
    }
    time.advance(Duration.ofMinutes(1));
    assertThat(all).allMatch(r -> r.state() == PENDING);
    assertThat(watch.snapshot().loaded()).isFalse();
    store.failing = false;
    time.advance(Duration.ofSeconds(3));
    assertThat(all).allMatch(r -> r.state() == ACTIVE);
    assertThat(ports(watch)).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void statsOfAServiceTellHowLongItsLeasesWereNotRenewed() {
    Engine engine = engine(1);
    Watch watch = engine.watch("stock", list -> {});
    Registration me = engine.register(instance(1));
    time.advance(Duration.ofMinutes(1));
    assertThat(engine.serviceStats()).containsOnlyKeys(SERVICE, "stock");
    assertThat(engine.serviceStats().get("stock")).isEqualTo(new ServiceStats(true, 0, 0, null));
    ServiceStats stats = engine.serviceStats().get(SERVICE);
    assertThat(stats.watched()).isFalse();
    assertThat(stats.registrations()).isEqualTo(1);
    assertThat(stats.heartbeatAge()).isBetween(Duration.ZERO, HEARTBEAT);

    store.failing = true;
    time.advance(Duration.ofMinutes(5));
    assertThat(engine.serviceStats().get(SERVICE).heartbeatAge())
        .isBetween(Duration.ofMinutes(5), Duration.ofMinutes(5).plus(HEARTBEAT));
    store.failing = false;
    time.advance(Duration.ofSeconds(13)); // at most 2 s to the next try, and a heartbeat
    assertThat(engine.serviceStats().get(SERVICE).heartbeatAge())
        .isLessThan(Duration.ofSeconds(13));

    me.close();
    watch.close();
    time.advance(Duration.ofSeconds(1));
    assertThat(engine.serviceStats()).isEmpty();
  }

  @Test
  void onlyRegistrationsWithoutALeaseAreTriedAgainToo() {
    store.failing = true;
    Engine engine = engine(1);
    Registration me = engine.register(instance(1));
    time.advance(Duration.ofMinutes(1));
    store.failing = false;
    time.advance(Duration.ofSeconds(3));
    assertThat(me.state()).isEqualTo(ACTIVE);
  }

  @Test
  void changesAreSeenWithoutAnyHint() {
    Engine engine = engine(1);
    List<Integer> sizes = new ArrayList<>();
    Watch watch = engine.watch(SERVICE, list -> sizes.add(list.size()));
    store.deaf = true;
    Registration me = engine.register(instance(1));
    assertThat(ports(watch)).isEmpty();
    time.advance(RECONCILE.multipliedBy(6).dividedBy(5));
    assertThat(ports(watch)).containsExactly(1);
    me.close();
    time.advance(RECONCILE.multipliedBy(6).dividedBy(5));
    assertThat(sizes).containsExactly(0, 1, 0);
  }

  @Test
  void wallClocksThatAreAnHourApartAndJumpHaveNoEffect() {
    Instant noon = Instant.parse("2026-01-01T12:00:00Z");
    Engine fast = engine(1, () -> noon.plusSeconds(3600 + heard.size() * 600L));
    Engine slow = engine(2, () -> noon.minusSeconds(3600 + heard.size() * 600L));
    List<Integer> sizes = new ArrayList<>();
    Watch one = fast.watch(SERVICE, list -> {});
    Watch other = slow.watch(SERVICE, list -> sizes.add(list.size()));
    Registration me = fast.register(instance(1));
    Registration you = slow.register(instance(2));
    time.advance(Duration.ofHours(3));
    assertThat(List.of(me.state(), you.state())).containsOnly(ACTIVE);
    assertThat(ports(one)).isEqualTo(ports(other)).containsExactly(1, 2);
    assertThat(sizes).containsExactly(0, 1, 2);
    assertThat(fast.stats().reregistrations() + slow.stats().reregistrations()).isZero();
  }

  @Test
  void flushedStoreIsFilledAgainWithoutAShorterList() {
    Engine owner = engine(1);
    List<Integer> sizes = new ArrayList<>();
    Watch watch = owner.watch(SERVICE, list -> sizes.add(list.size()));
    for (int i = 1; i <= 5; i++) {
      owner.register(instance(i));
    }
    sizes.clear();
    store.flush();
    time.advance(RECONCILE.multipliedBy(6).dividedBy(5));
    assertThat(watch.snapshot().protection()).isIn(Protection.REFILLING, Protection.NONE);
    time.advance(HEARTBEAT);
    assertThat(watch.snapshot().protection()).isEqualTo(Protection.GRACE);
    assertThat(ports(watch)).containsExactly(1, 2, 3, 4, 5);
    assertThat(sizes).isEmpty();
    assertThat(owner.stats().reregistrations()).isEqualTo(5);
    assertThat(owner.stats().storeLosses()).isEqualTo(1);
    time.advance(TTL.multipliedBy(2));
    assertThat(watch.snapshot().protection()).isEqualTo(Protection.NONE);
    assertThat(heard)
        .containsSubsequence("NONE>REFILLING", "REFILLING>NONE", "NONE>GRACE", "GRACE>NONE");
  }

  @Test
  void registrationsAreSentAFewAtATimeAndFewerWhenTheStoreIsSlow() {
    store.hanging = true;
    Engine engine = engine(1);
    List<Registration> all = new ArrayList<>();
    for (int i = 1; i <= 600; i++) {
      all.add(engine.register(instance(i)));
    }
    assertThat(store.attempts).isEqualTo(4);
    time.advance(TIMEOUT);
    assertThat(store.attempts).isEqualTo(4);
    store.hanging = false;
    time.advance(Duration.ofSeconds(3));
    assertThat(all).allMatch(r -> r.state() == ACTIVE);
  }

  @Test
  void commandThatIsTriedRenewsAsManyLeasesAsAHeartbeat() {
    Engine engine = engine(1);
    for (int i = 1; i <= 200; i++) {
      engine.register(instance(i));
    }
    store.failing = true;
    time.advance(HEARTBEAT);
    store.beatSizes.clear();
    time.advance(HEARTBEAT);
    assertThat(store.beatSizes).isNotEmpty().containsOnly(128);
  }

  @Test
  void whatDoesNotComeBackIsDroppedAfterTwoLeases() {
    Engine watcher = engine(1);
    Watch watch = watcher.watch(SERVICE, list -> {});
    Registration me = watcher.register(instance(1));
    store.failing = true;
    time.advance(HEARTBEAT);
    me.close(); // cannot tell the store
    store.flush();
    store.failing = false;
    time.advance(Duration.ofSeconds(10));
    assertThat(ports(watch)).containsExactly(1);
    assertThat(watcher.explain(SERVICE).carried()).isEqualTo(1);
    assertThat(watcher.explain(SERVICE).protection()).isEqualTo(Protection.REFILLING);
    time.advance(TTL.multipliedBy(2).minusSeconds(15));
    assertThat(ports(watch)).containsExactly(1);
    time.advance(Duration.ofSeconds(10));
    assertThat(ports(watch)).isEmpty();
    assertThat(watch.snapshot().protection()).isEqualTo(Protection.NONE);
  }

  @Test
  void witnessEndsTheCarryingOfADeadInstance() {
    Engine watcher = engine(1);
    Watch watch = watcher.watch(SERVICE, list -> {});
    Registration me = watcher.register(instance(1));
    store.failing = true;
    time.advance(HEARTBEAT);
    me.close();
    store.flush();
    store.failing = false;
    time.advance(Duration.ofSeconds(10));
    watcher.confirmDown(instance(1));
    assertThat(ports(watch)).isEmpty();
  }

  @Test
  void watcherOfASilentStoreKeepsTheLastList() {
    Engine engine = engine(1);
    List<Integer> sizes = new ArrayList<>();
    Watch watch = engine.watch(SERVICE, list -> sizes.add(list.size()));
    engine.register(instance(1));
    store.failing = true;
    time.advance(Duration.ofHours(5));
    assertThat(ports(watch)).containsExactly(1);
    assertThat(watch.snapshot().protection()).isEqualTo(Protection.STORE_AWAY);
    assertThat(sizes).containsExactly(0, 1);
    assertThat(engine.discover(SERVICE)).containsExactly(instance(1));
    assertThat(engine.stats().protectedServices()).isEqualTo(1);
  }

  @Test
  void fiveMinutesWithoutTheStoreRemoveNobody() {
    Engine engine = engine(1);
    List<Integer> sizes = new ArrayList<>();
    Watch watch = engine.watch(SERVICE, list -> sizes.add(list.size()));
    List<Registration> all = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      all.add(engine.register(instance(i)));
    }
    sizes.clear();
    store.failing = true;
    time.advance(Duration.ofMinutes(5));
    assertThat(all).allMatch(r -> r.state() == UNCERTAIN);
    assertThat(watch.snapshot().protection()).isEqualTo(Protection.STORE_AWAY);
    store.failing = false;
    time.advance(Duration.ofSeconds(5));
    assertThat(all).allMatch(r -> r.state() == ACTIVE);
    time.advance(TTL);
    assertThat(watch.snapshot().protection()).isEqualTo(Protection.NONE);
    assertThat(sizes).isEmpty();
    assertThat(engine.stats().reregistrations()).isZero();
  }

  @Test
  void closeOfASilentStoreEndsEverything() {
    Engine engine = engine(1);
    Registration me = engine.register(instance(1));
    store.failing = true;
    time.advance(HEARTBEAT);
    engine.close();
    assertThat(me.state()).isEqualTo(CLOSED);
    assertThat(engine.stats().uncertain()).isZero();
  }

  @Test
  void updateMadeWhileTheStoreWasAwayArrives() {
    Engine engine = engine(1);
    Watch watch = engine.watch(SERVICE, list -> {});
    Registration me = engine.register(instance(1));
    store.failing = true;
    me.update(me.instance().withWeight(3));
    me.update(me.instance().withMetadata(java.util.Map.of("a", "b")));
    time.advance(Duration.ofMinutes(1));
    store.failing = false;
    time.advance(Duration.ofSeconds(10));
    ServiceInstance seen = watch.snapshot().up().get(0);
    assertThat(seen.weight()).isEqualTo(3);
    assertThat(seen.metadata()).containsEntry("a", "b");
  }

  @Test
  void lastWatchClosedEndsTheQuestions() {
    Engine engine = engine(1);
    Watch watch = engine.watch(SERVICE, list -> {});
    time.advance(Duration.ofMinutes(1));
    watch.close();
    int before = store.attempts;
    time.advance(Duration.ofMinutes(10));
    assertThat(store.attempts).isEqualTo(before);
    assertThat(engine.stats().watchedServices()).isZero();
  }

  @Test
  void listenerOfTheRegistryMayThrow() {
    Settings settings = new Settings("test", TTL, HEARTBEAT, RECONCILE, TIMEOUT, false);
    RegistryListener listener =
        new RegistryListener() {
          @Override
          public void registrationChanged(
              Registration registration,
              RegistrationState from,
              RegistrationState to,
              Throwable cause) {
            throw new IllegalStateException("thrown on purpose");
          }
        };
    Engine engine =
        Engine.start(
            settings,
            store,
            new Listeners(Runnable::run, listener, () -> {}),
            time,
            new SplittableRandom(1),
            InstantSource.system());
    assertThat(engine.register(instance(1)).state()).isEqualTo(ACTIVE);
    assertThat(engine.stats().listenerFailures()).isEqualTo(1);
  }
}
