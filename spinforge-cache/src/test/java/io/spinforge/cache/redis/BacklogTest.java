package io.spinforge.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BacklogTest {
  private final Breaker breaker = new Breaker();
  private final Backlog backlog = new Backlog(breaker, key -> key.charAt(0) - 'a', 3);

  @Test
  void keysAreQueuedOnceAndTakenByPartition() {
    backlog.addAndOpen(List.of("a1", "b1", "a1", "a2"));
    assertThat(backlog.size()).isEqualTo(3);
    assertThat(backlog.take()).isEqualTo(new Backlog.Batch(0, false, List.of("a1", "a2")));
    assertThat(backlog.take()).isEqualTo(new Backlog.Batch(1, false, List.of("b1")));
    assertThat(backlog.take().isEmpty()).isTrue();
  }

  @Test
  void tooManyKeysBecomeTheClearingOfTheirPartitions() {
    backlog.addAndOpen(List.of("a1", "a2", "b1", "b2"));
    backlog.addAndOpen(List.of("a3", "c1"));
    List<Backlog.Batch> batches = new ArrayList<>();
    for (Backlog.Batch b = backlog.take(); !b.isEmpty(); b = backlog.take()) {
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
    assertThat(backlog.closeIfEmpty()).isFalse();
    Backlog.Batch taken = backlog.take();
    backlog.giveBack(taken);
    assertThat(backlog.closeIfEmpty()).isFalse();
    backlog.take();
    assertThat(backlog.closeIfEmpty()).isTrue();
    assertThat(breaker.isClosed()).isTrue();
  }

  @Test
  void givenBackClearingIsDoneAgain() {
    backlog.giveBack(new Backlog.Batch(5, true, List.of()));
    assertThat(backlog.take()).isEqualTo(new Backlog.Batch(5, true, List.of()));
  }

  @Test
  void threeFailuresInARowAreTooMany() {
    assertThat(breaker.failed()).isFalse();
    assertThat(breaker.failed()).isFalse();
    breaker.succeeded();
    assertThat(breaker.failed()).isFalse();
    assertThat(breaker.failed()).isFalse();
    assertThat(breaker.failed()).isTrue();
  }
}
