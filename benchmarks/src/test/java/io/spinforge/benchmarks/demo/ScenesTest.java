package io.spinforge.benchmarks.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScenesTest {
  @Test
  void everySceneHasItsOwnName() {
    assertThat(Scene.all()).extracting(Scene::name).doesNotHaveDuplicates().hasSize(7);
  }

  @Test
  void aWorkerWithAQuarterOfTheAnswersOfFourHasAnEqualShare() {
    Map<String, Long> before = Map.of("a", 100L, "b", 7L);
    Map<String, Long> after = Map.of("a", 150L, "b", 57L, "c", 50L, "d", 50L);
    assertThat(SlowWorker.equalShare("a", before, after)).isCloseTo(100, within(1e-9));
  }

  @Test
  void whoAnsweredBeforeOnlyDoesNotCountAndWhoIsAvoidedDoes() {
    Map<String, Long> before = Map.of("gone", 900L, "slow", 100L);
    Map<String, Long> after = Map.of("gone", 900L, "slow", 101L, "b", 99L, "c", 100L);
    // 1 of 200 among three: a third would be an equal share.
    assertThat(SlowWorker.equalShare("slow", before, after)).isCloseTo(1.5, within(1e-9));
    assertThat(SlowWorker.equalShare("never", before, after)).isZero();
  }

  @Test
  void withoutAnyAnswerThereIsNoShare() {
    assertThat(SlowWorker.equalShare("a", Map.of("a", 5L), Map.of("a", 5L))).isNaN();
  }

  @Test
  void theSlowestOfSeveralCountsAndOneNeverSeenBreaksAll() {
    Optional<Duration> one = Optional.of(Duration.ofMillis(1));
    Optional<Duration> two = Optional.of(Duration.ofMillis(2));
    assertThat(ChangedValue.slower(one, two)).isEqualTo(two);
    assertThat(ChangedValue.slower(two, one)).isEqualTo(two);
    assertThat(ChangedValue.slower(one, Optional.empty())).isEmpty();
    assertThat(ChangedValue.slower(Optional.empty(), one)).isEmpty();
  }

  @Test
  void theMixOfSourcesIsInPercent() {
    assertThat(Demo.mix(Map.of("memory", 75L, "redis", 20L, "fresh", 5L)))
        .isEqualTo("memory 75 %, redis 20 %, fresh  5 %");
    assertThat(Demo.mix(Map.of())).isEqualTo("memory  0 %, redis  0 %, fresh  0 %");
  }

  @Test
  void popularItemsAreAskedForMoreOftenAndAlwaysTheSame() {
    int popular = 0;
    for (int number = 0; number < 10_000; number++) {
      int item = Integer.parseInt(Customers.item(number));
      assertThat(item).isBetween(0, Customers.ITEMS - 1);
      popular += item < Customers.ITEMS / 8 ? 1 : 0;
    }
    assertThat(popular).isBetween(4_700, 5_300);
    assertThat(Customers.item(42)).isEqualTo(Customers.item(42));
  }
}
