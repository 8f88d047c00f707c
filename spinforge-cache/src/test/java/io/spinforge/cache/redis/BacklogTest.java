package io.spinforge.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BacklogTest {
  private static final int CONTROL = 6;

  private final Shards one =
      new Shards(List.of(new int[] {0, 1, 2, 3, 4, 5, CONTROL}), CONTROL, log -> "");
  private final Backlog backlog = new Backlog(one, key -> key.charAt(0) - 'a', 3);

  @Test
  void keysAreQueuedOnceAndTakenByPartition() {
    backlog.addAndOpen(List.of("a1", "b1", "a1", "a2"));
    assertThat(backlog.size()).isEqualTo(3);
    assertThat(backlog.take(0)).isEqualTo(new Backlog.Batch(0, false, List.of("a1", "a2")));
    assertThat(backlog.take(0)).isEqualTo(new Backlog.Batch(1, false, List.of("b1")));
    assertThat(backlog.take(0).isEmpty()).isTrue();
  }

  @Test
  void tooManyKeysBecomeTheClearingOfTheirPartitions() {
    backlog.addAndOpen(List.of("a1", "a2", "b1", "b2"));
    backlog.addAndOpen(List.of("a3", "c1"));
    List<Backlog.Batch> batches = new ArrayList<>();
    for (Backlog.Batch b = backlog.take(0); !b.isEmpty(); b = backlog.take(0)) {
      batches.add(b);
    }
    assertThat(batches)
        .containsExactly(
            new Backlog.Batch(0, true, List.of()),
            new Backlog.Batch(1, true, List.of()),
            new Backlog.Batch(2, false, List.of("c1")));
  }

  @Test
  void breakerClosesOnlyWhenNothingIsQueued() {
    backlog.addAndOpen(List.of("a1"));
    assertThat(backlog.closeIfEmpty(0)).isFalse();
    Backlog.Batch taken = backlog.take(0);
    backlog.giveBack(taken);
    assertThat(backlog.closeIfEmpty(0)).isFalse();
    backlog.take(0);
    assertThat(backlog.closeIfEmpty(0)).isTrue();
    assertThat(one.isAllClosed()).isTrue();
  }

  @Test
  void givenBackClearingIsDoneAgain() {
    backlog.giveBack(new Backlog.Batch(5, true, List.of()));
    assertThat(backlog.take(0)).isEqualTo(new Backlog.Batch(5, true, List.of()));
  }

  @Test
  void threeFailuresInARowAreTooMany() {
    assertThat(one.failed(0, false)).isFalse();
    assertThat(one.failed(1, false)).isFalse();
    one.succeeded(2);
    assertThat(one.failed(0, false)).isFalse();
    assertThat(one.failed(1, false)).isFalse();
    assertThat(one.failed(2, false)).isTrue();
  }
}
