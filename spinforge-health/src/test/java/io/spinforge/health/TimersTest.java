package io.spinforge.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimersTest {

  @Test
  void theFirstIsAlwaysTheEarliestAlsoWhereTheClockWrapsAround() {
    Seeds.run(
        300,
        (seed, random) -> {
          long origin = random.nextBoolean() ? Long.MAX_VALUE - 500 : random.nextLong();
          Timers<Integer> timers = new Timers<>();
          List<Slot<Integer>> present = new ArrayList<>();
          for (int i = 0; i < 300; i++) {
            if (present.isEmpty() || random.nextInt(3) == 0) {
              present.add(new Slot<>(i));
              timers.set(present.get(present.size() - 1), origin + random.nextInt(1_000));
            } else if (random.nextInt(3) == 0) {
              timers.remove(present.remove(random.nextInt(present.size())));
            } else {
              Slot<Integer> moved = present.get(random.nextInt(present.size()));
              timers.set(moved, origin + random.nextInt(1_000));
            }
            assertThat(timers.size()).isEqualTo(present.size());
            Slot<Integer> first = timers.first();
            assertThat(first == null ? null : first.due - origin)
                .isEqualTo(
                    present.stream()
                        .map(s -> s.due - origin)
                        .min(Comparator.naturalOrder())
                        .orElse(null));
          }
        });
  }

  @Test
  void removingTwiceDoesNothing() {
    Timers<String> timers = new Timers<>();
    Slot<String> slot = new Slot<>("a");
    timers.set(slot, 1);
    timers.remove(slot);
    timers.remove(slot);
    assertThat(timers.first()).isNull();
  }
}
