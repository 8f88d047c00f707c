package io.spinforge.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Four partitions and the control log, on two masters: the even ones on A, the odd ones on B. */
class ShardsTest {
  private static final int CONTROL = 4;

  private final String[] masters = {"A", "B", "A", "B", "A"};
  private final Shards shards =
      new Shards(
          List.of(new int[] {0}, new int[] {1}, new int[] {2}, new int[] {3}, new int[] {CONTROL}),
          CONTROL,
          log -> masters[log]);
  private final Backlog backlog = new Backlog(shards, key -> key.charAt(0) - 'a', 100);

  @BeforeEach
  void allIsWell() {
    for (int shard = 0; shard < shards.count(); shard++) {
      assertThat(backlog.closeIfEmpty(shard)).isTrue();
    }
  }

  @Test
  void masterThatFailsThreeTimesTakesNobodysPartitionsButItsOwn() {
    assertThat(shards.failed(1, false)).isFalse();
    shards.succeeded(0); // another master's answer says nothing about this one
    assertThat(shards.failed(3, false)).isFalse();
    assertThat(shards.failed(1, false)).isTrue();
    backlog.open(shards.concerned(1, false));
    assertThat(shards.away()).isEqualTo(set(1, 3));
    assertThat(shards.allows(Script.LEASE, 1)).isFalse();
    assertThat(shards.allows(Script.LEASE, 2)).isTrue();
    assertThat(shards.state()).isEqualTo(Breaker.State.HALF_OPEN);
    assertThat(shards.opened()).isOne();
  }

  @Test
  void nothingIsReadWhileTheControlLogIsAwayButInvalidationsGoOn() {
    backlog.addAndOpen(new Control(Control.Kind.TAGS, List.of("t")));
    assertThat(shards.away()).isEqualTo(set(CONTROL));
    assertThat(shards.allows(Script.LEASE, 1)).isFalse();
    assertThat(shards.allows(Script.LEASES, 1)).isFalse();
    assertThat(shards.allows(Script.INVALIDATE, 1)).isTrue();
    assertThat(backlog.closeIfEmpty(CONTROL)).isFalse();
    backlog.take(CONTROL);
    assertThat(backlog.closeIfEmpty(CONTROL)).isTrue();
    assertThat(shards.allows(Script.LEASE, 1)).isTrue();
  }

  @Test
  void invalidationThatFailsOpensItsPartitionAloneAndIsReplayedThere() {
    backlog.addAndOpen(List.of("b1"));
    assertThat(shards.away()).isEqualTo(set(1));
    assertThat(backlog.take(3).isEmpty()).isTrue();
    assertThat(backlog.closeIfEmpty(1)).isFalse();
    assertThat(backlog.take(1)).isEqualTo(new Backlog.Batch(1, false, List.of("b1")));
    assertThat(backlog.closeIfEmpty(1)).isTrue();
  }

  @Test
  void partitionThatMovedIsCountedForItsNewMaster() {
    assertThat(shards.failed(1, false)).isFalse();
    assertThat(shards.failed(1, false)).isFalse();
    masters[1] = "A";
    assertThat(shards.failed(1, false)).isFalse();
    assertThat(shards.concerned(1, false)).isEqualTo(set(0, 1, 2, CONTROL));
  }

  @Test
  void errorsThatAMasterAnswersAreItsPartitionsAlone() {
    for (int i = 0; i < 2; i++) {
      assertThat(shards.failed(1, true)).isFalse();
      assertThat(shards.failed(3, true)).isFalse();
    }
    assertThat(shards.failed(1, true)).isTrue();
    assertThat(shards.concerned(1, true)).isEqualTo(set(1));
  }

  private static BitSet set(int... bits) {
    BitSet set = new BitSet();
    for (int bit : bits) {
      set.set(bit);
    }
    return set;
  }
}
