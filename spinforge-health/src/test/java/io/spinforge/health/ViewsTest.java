package io.spinforge.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ViewsTest {

  @Test
  void effectiveIsTheFirstSufficientTierAndNeverEmptyWhileATargetIsNotDrained() {
    Seeds.run(
        50_000,
        (seed, random) -> {
          List<Slot<Integer>> slots = randomSlots(random);
          double panicBelow = random.nextInt(5) / 4.0;
          HealthView<Integer> view = Views.of(slots, panicBelow, 0, Views.empty());
          List<Slot<Integer>> candidates = slots.stream().filter(s -> !s.drained).toList();
          List<Integer> fit = having(candidates, Status.HEALTHY, Status.DEGRADED);
          List<Integer> hopeful =
              having(candidates, Status.HEALTHY, Status.DEGRADED, Status.UNKNOWN);
          List<Integer> all = candidates.stream().map(s -> s.value).toList();
          List<Integer> expected = all;
          if (!fit.isEmpty() && fit.size() >= panicBelow * all.size()) {
            expected = fit;
          } else if (!hopeful.isEmpty() && hopeful.size() >= panicBelow * all.size()) {
            expected = hopeful;
          }
          assertThat(view.effective()).isEqualTo(expected);
          assertThat(view.effective().isEmpty()).isEqualTo(all.isEmpty());
          assertThat(view.panic())
              .isEqualTo(view.effective().stream().anyMatch(view.unhealthy()::contains));
          assertThat(view.size()).isEqualTo(slots.size());
          assertThat(Collections.disjoint(view.drained(), view.effective())).isTrue();
        });
  }

  @Test
  void anUnchangedEffectiveListStaysTheSameObject() {
    Slot<String> a = slot("a", Standing.HEALTHY);
    Slot<String> b = slot("b", Standing.UNHEALTHY);
    HealthView<String> first = Views.of(List.of(a, b), 0.5, 0, Views.empty());
    b.standing = Standing.UNKNOWN;
    HealthView<String> second = Views.of(List.of(a, b), 0.5, 0, first);
    assertThat(second.effective()).isSameAs(first.effective());
    a.value = new String("a");
    assertThat(Views.of(List.of(a, b), 0.5, 0, second).effective())
        .isEqualTo(second.effective())
        .isNotSameAs(second.effective());
  }

  private static List<Slot<Integer>> randomSlots(SplittableRandom random) {
    List<Slot<Integer>> slots = new ArrayList<>();
    int size = random.nextInt(9);
    for (int i = 0; i < size; i++) {
      Standing[] standings = {
        Standing.UNKNOWN, Standing.HEALTHY, Standing.DEGRADED, Standing.UNHEALTHY
      };
      Slot<Integer> slot = slot(i, standings[random.nextInt(4)]);
      slot.drained = random.nextInt(5) == 0;
      slots.add(slot);
    }
    return slots;
  }

  private static List<Integer> having(List<Slot<Integer>> slots, Status... statuses) {
    return slots.stream()
        .filter(s -> List.of(statuses).contains(s.standing.status()))
        .map(s -> s.value)
        .toList();
  }

  private static <T> Slot<T> slot(T value, Standing standing) {
    Slot<T> slot = new Slot<>(value);
    slot.standing = standing;
    return slot;
  }
}
