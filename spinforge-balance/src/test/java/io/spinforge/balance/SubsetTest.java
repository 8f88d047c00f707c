package io.spinforge.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.testkit.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SubsetTest {
  private static List<String> backends(int count) {
    return IntStream.range(0, count).mapToObj(i -> "backend-" + i).toList();
  }

  @Test
  void backendsDifferByOneCallerAtMostHoweverManyThereAre() {
    Seeds.run(
        60,
        (seed, random) -> {
          int count = 1 + random.nextInt(40);
          int size = 1 + random.nextInt(count);
          List<String> backends = backends(count);
          Map<String, Integer> callers = new HashMap<>();
          backends.forEach(backend -> callers.put(backend, 0));
          for (int caller = 0; caller < 60; caller++) {
            List<String> subset = Subset.deterministic(caller, size).of(backends);
            assertThat(subset).hasSize(size).doesNotHaveDuplicates();
            subset.forEach(backend -> callers.merge(backend, 1, Integer::sum));
            assertThat(Collections.max(callers.values()) - Collections.min(callers.values()))
                .isLessThanOrEqualTo(1);
          }
        });
  }

  @Test
  void theOrderOfTheBackendsDoesNotMatterAndDuplicatesCountOnce() {
    List<String> backends = backends(30);
    List<String> shuffled = new ArrayList<>(backends);
    shuffled.addAll(backends(10));
    Collections.reverse(shuffled);
    for (int caller = 0; caller < 50; caller++) {
      Subset subset = Subset.deterministic(caller, 7);
      assertThat(subset.of(shuffled)).isEqualTo(subset.of(backends));
    }
  }

  @Test
  void neighboursDoNotShareTheirSubsets() {
    List<String> backends = backends(100);
    List<String> one = Subset.deterministic(0, 20).of(backends);
    List<String> again = Subset.deterministic(5, 20).of(backends);
    assertThat(one).isNotEqualTo(again);
    assertThat(one).doesNotContainAnyElementsOf(Subset.deterministic(1, 20).of(backends));
  }

  @Test
  void fewBackendsAreAllUsed() {
    assertThat(Subset.deterministic(7, 5).of(backends(5))).isEqualTo(backends(5));
    assertThat(Subset.deterministic(7, 5).of(backends(2))).isEqualTo(backends(2));
    assertThat(Subset.deterministic(7, 5).of(List.of())).isEmpty();
  }

  @Test
  void wrongValuesAreRejectedByName() {
    assertThatThrownBy(() -> Subset.deterministic(-1, 1))
        .hasMessage("caller: -1 (expected: 0 to 100000)");
    assertThatThrownBy(() -> Subset.deterministic(0, 0)).hasMessage("size: 0 (expected: >= 1)");
    assertThatThrownBy(() -> Subset.deterministic(0, 1).of(null)).hasMessage("values");
    assertThat(Subset.deterministic(3, 20)).hasToString("deterministic(3, 20)");
  }
}
