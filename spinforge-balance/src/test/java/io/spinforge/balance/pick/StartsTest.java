package io.spinforge.balance.pick;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StartsTest {
  @Test
  void knowsTheOldestOfThoseThatRun() {
    Seeds.run(
        100,
        (seed, random) -> {
          Starts starts = new Starts();
          List<Long> running = new ArrayList<>();
          long now = random.nextLong();
          for (int i = 0; i < 500; i++) {
            now += 64L * random.nextInt(1_000);
            if (running.size() < 63 && random.nextInt(100) < 55) {
              running.add(starts.begin(now));
            } else if (!running.isEmpty()) {
              assertThat(starts.end(running.remove(random.nextInt(running.size())))).isTrue();
            }
            long age = 0;
            for (long token : running) {
              age = Math.max(age, now - Starts.startOf(token));
            }
            assertThat(starts.oldestAge(now)).isEqualTo(age);
          }
        });
  }

  @Test
  void aTokenEndsOnce() {
    Starts starts = new Starts();
    long token = starts.begin(1_000);
    assertThat(starts.end(token)).isTrue();
    assertThat(starts.end(token)).isFalse();
    starts.begin(2_000);
    assertThat(starts.end(token)).as("the slot is somebody else's").isFalse();
    assertThat(starts.oldestAge(3_008)).isEqualTo(3_008 - (2_000 & ~63));
  }

  @Test
  void moreThanItTracksAreServedAllTheSame() {
    Starts starts = new Starts();
    List<Long> tokens = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      tokens.add(starts.begin(64L * i));
    }
    assertThat(tokens).extracting(Starts::startOf).first().isEqualTo(0L);
    assertThat(tokens).allSatisfy(token -> assertThat(starts.end(token)).isTrue());
    assertThat(starts.oldestAge(1_000_000)).isZero();
  }
}
