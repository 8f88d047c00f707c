package io.spinforge.health.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Everything is lost and comes back at once, over a store that has hardly time for that: what is
 * late because of the crowd, and not because its owner is dead, never leaves a list.
 */
final class StoreLossTest {
  private static final String SERVICE = "checkout";
  private static final Duration TTL = Duration.ofSeconds(30);
  private static final int OWNERS = 20;
  private static final int EACH = 25;
  private static final int ALL = OWNERS * EACH;

  private final ManualScheduler time = new ManualScheduler();
  private final BusyStore store = new BusyStore(time);
  private final List<Engine> owners = new ArrayList<>();
  private final List<Integer> sizes = new ArrayList<>();
  private final Watch watch;

  StoreLossTest() {
    for (int i = 0; i < OWNERS; i++) {
      Engine owner = engine(i);
      owners.add(owner);
      for (int k = 1; k <= EACH; k++) {
        owner.register(ServiceInstance.of(SERVICE, "10.0.0." + i, k).build());
      }
    }
    watch = engine(OWNERS).watch(SERVICE, list -> sizes.add(list.size()));
    time.advance(Duration.ofSeconds(10));
    assertThat(watch.snapshot().up()).hasSize(ALL);
    sizes.clear();
  }

  private Engine engine(long seed) {
    Settings settings =
        new Settings(
            "test", TTL, TTL.dividedBy(3), Duration.ofSeconds(5), Duration.ofSeconds(2), false);
    return Engine.start(
        settings,
        store.client(),
        new Listeners(Runnable::run, null, () -> {}),
        time,
        new SplittableRandom(seed),
        InstantSource.system());
  }

  /** The slowest needs two thirds of a lease for the registrations alone. */
  @ParameterizedTest
  @ValueSource(ints = {2, 20, 40})
  void busyStoreIsFilledAgainWithoutAShorterListAndNoLeaseEnds(int millisPerCommand) {
    store.command = Duration.ofMillis(millisPerCommand);
    store.flush(SERVICE);
    int ended = 0;
    int before = 0;
    int deciseconds = 0;
    for (int size = 0; size < ALL; deciseconds++) {
      time.advance(Duration.ofMillis(100));
      size = store.size(SERVICE);
      ended += Math.max(0, before - size);
      before = size;
      // Once for each registration, and again for each that had to wait for longer than 2 s.
      // A second command for some that the first one's answer came too late for.
      assertThat(deciseconds).isLessThan(ALL * millisPerCommand * 2 / 100 + 10);
    }
    assertThat(ended).isZero();
    time.advance(TTL.multipliedBy(3));
    assertThat(sizes).allMatch(size -> size == ALL);
    assertThat(watch.snapshot().up()).hasSize(ALL);
    assertThat(watch.snapshot().protection()).isEqualTo(Protection.NONE);
  }

  @Test
  void whoDiesWhileTheOthersComeBackIsDroppedWhenTheyAreBack() {
    store.command = Duration.ofMillis(40);
    time.execute(owners.get(0)::close); // its last words go to the store that is lost
    sizes.clear();
    store.flush(SERVICE);
    time.advance(TTL);
    assertThat(watch.snapshot().protection()).isEqualTo(Protection.REFILLING);
    time.advance(TTL.multipliedBy(6));
    assertThat(watch.snapshot().up()).hasSize(ALL - EACH);
    assertThat(sizes).allMatch(size -> size == ALL || size == ALL - EACH);
  }
}
