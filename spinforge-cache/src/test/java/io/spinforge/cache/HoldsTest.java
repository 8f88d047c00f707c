package io.spinforge.cache;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.testkit.ManualTicker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Holds as one node knows them, and in memory alone. */
class HoldsTest {
  private final List<String> ended = new ArrayList<>();
  private final AtomicInteger allEnded = new AtomicInteger();
  private final Holds holds = new Holds(ended::add, allEnded::incrementAndGet);

  @Test
  void holdGrowsAndNeverShrinks() {
    holds.hold("k", 100, 0);
    holds.hold("k", 50, 0);
    assertThat(holds.isHeld("k", 99)).isTrue();
    assertThat(holds.left("k", 40)).isEqualTo(60);
    assertThat(holds.isHeld("k", 100)).isFalse();
    assertThat(holds.isHeld("other", 0)).isFalse();
  }

  @Test
  void endIsToldOnceAndBeforeTheNextRead() {
    holds.hold("k", 100, 0);
    holds.beforeReading("k", 99);
    assertThat(ended).isEmpty();
    holds.beforeReading("k", 100);
    holds.beforeReading("k", 101);
    assertThat(ended).containsExactly("k");
  }

  @Test
  void whatIsHeldByNobodyKnowsWhomIsTheConcernOfWhoCannotAskRedis() {
    holds.holdSome(100);
    holds.holdSome(50);
    assertThat(holds.isHeld("k", 0)).isFalse();
    assertThat(holds.mayBeHeld(99)).isTrue();
    assertThat(holds.mayBeHeld(100)).isFalse();
    holds.beforeReading("k", 49);
    assertThat(allEnded).hasValue(0);
    holds.beforeReading("k", 50);
    holds.beforeReading("k", 99);
    assertThat(allEnded).hasValue(1);
    holds.beforeReading("k", 100);
    holds.beforeReading("k", 101);
    assertThat(allEnded).hasValue(2);
  }

  @Test
  void endThatNobodyReadAfterIsToldWhenTheKeyIsHeldAgain() {
    holds.hold("k", 100, 0);
    holds.hold("k", 300, 150);
    assertThat(ended).containsExactly("k");
    holds.beforeReading("k", 299);
    assertThat(ended).hasSize(1);
    holds.beforeReading("k", 300);
    assertThat(ended).hasSize(2);
  }

  @Test
  void eachOfSomeHoldsThatOverlapHasAnEnd() {
    holds.hold("k", 300, 0);
    holds.hold("k", 100, 0);
    holds.hold("k", 200, 0);
    for (int now = 50, passed = 0; now <= 350; now += 100, passed++) {
      holds.beforeReading("k", now);
      holds.beforeReading("k", now + 1);
      assertThat(ended).hasSize(passed);
      assertThat(holds.isHeld("k", now)).isEqualTo(now < 300);
    }
    holds.beforeReading("k", 400);
    assertThat(ended).hasSize(3);
  }

  @Test
  void amongVeryManyHoldsOfOneKeyAnyMayHaveEnded() {
    for (int end = 1; end <= 100; end++) {
      holds.hold("k", 1000 + end, 0);
    }
    ended.clear();
    holds.beforeReading("k", 10);
    holds.beforeReading("k", 1090);
    assertThat(ended).hasSize(2);
    assertThat(holds.isHeld("k", 1099)).isTrue();
    holds.beforeReading("k", 1100);
    holds.beforeReading("k", 1100);
    assertThat(ended).hasSize(3);
    assertThat(holds.isHeld("k", 1100)).isFalse();
  }

  @Test
  void moreHoldsThanAreKeptHoldEverything() {
    for (int i = 0; i < 10_000; i++) {
      holds.hold("k" + i, 100, 0);
    }
    holds.hold("more", 50, 0);
    holds.hold("most", 70, 0);
    assertThat(holds.isHeld("any", 69)).isTrue();
    assertThat(holds.isHeld("any", 70)).isFalse();
    holds.beforeReading("any", 70);
    holds.beforeReading("any", 71);
    assertThat(allEnded).hasValue(1);
    assertThat(holds.isHeld("k9", 99)).isTrue();
    holds.hold("later", 300, 200); // the ended ones make room
    assertThat(holds.isHeld("later", 299)).isTrue();
    assertThat(holds.isHeld("any", 299)).isFalse();
    assertThat(ended).hasSize(10_000);
  }

  @Test
  void memoryAloneKeepsNothingWhileAKeyIsHeld() {
    ManualTicker ticker = new ManualTicker();
    AtomicInteger loads = new AtomicInteger();
    try (CacheManager caches = CacheManager.builder().ticker(ticker).build()) {
      LayeredCache<String, Integer> cache =
          caches
              .cache("c", Integer.class)
              .key((String key) -> key)
              .loader(key -> loads.incrementAndGet())
              .build();
      cache.get("k");
      Invalidation held = cache.holdFor(ofSeconds(1), "k");
      assertThat(held).isEqualTo(new Invalidation(1, Reach.THIS_NODE));
      assertThat(held.await(Reach.ALL_NODES, ofSeconds(1))).isTrue(); // this one is all there are
      assertThat(cache.get("k").value()).isEqualTo(2);
      assertThat(cache.get("k").value()).isEqualTo(3);
      cache.put("k", 99);
      assertThat(cache.get("k").value()).isEqualTo(4);
      assertThat(cache.getAll(List.of("k", "free")).get("k").value()).isGreaterThan(4);
      assertThat(cache.get("free").source()).isEqualTo(Source.MEMORY);
      ticker.advance(ofSeconds(1));
      cache.get("k");
      assertThat(cache.get("k").source()).isEqualTo(Source.MEMORY);
      assertThatThrownBy(() -> cache.holdFor(ofMillis(0), "k"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("holdFor: PT0S (expected: ");
      assertThatThrownBy(() -> cache.holdFor(ofMinutes(11), "k"))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
