package io.spinforge.balance.pick;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoundRobinTest {
  private final Stripes stripes = new Stripes(4, new SplittableRandom(1));

  @Test
  void walksInOrder() {
    Picker picker = picker(3);
    int first = picker.pick(0);
    for (int i = 1; i < 20; i++) {
      assertThat(picker.pick(0)).isEqualTo((first + i) % 3);
    }
  }

  @Test
  void neverTurnsBackWhenTheCounterOverflows() {
    for (long before : new long[] {(1L << 31) - 3, (1L << 32) - 3, Long.MAX_VALUE - 2, -3}) {
      stripes.set(before);
      Picker picker = picker(3);
      int jumps = 0;
      int last = picker.pick(0);
      for (int i = 0; i < 12; i++) {
        int next = picker.pick(0);
        assertThat(next).isBetween(0, 2);
        jumps += next == (last + 1) % 3 ? 0 : 1;
        last = next;
      }
      assertThat(jumps).as("from %d", before).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void startsAtDifferentPhases() {
    long phases =
        IntStream.range(0, 50)
            .map(
                i ->
                    new RoundRobin(new SplittableRandom(i))
                        .over(nodes(10), Nodes.weights(10))
                        .pick(0))
            .distinct()
            .count();
    assertThat(phases).isGreaterThan(5);
  }

  @Test
  void isEvenOverManyThreads() throws InterruptedException {
    int size = 7;
    Picker picker = picker(size);
    int[][] counts = new int[8][];
    Thread[] threads = new Thread[8];
    for (int i = 0; i < threads.length; i++) {
      int thread = i;
      threads[i] = new Thread(() -> counts[thread] = Nodes.count(picker, size, 7_000));
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    int[] sums = new int[size];
    for (int[] count : counts) {
      for (int i = 0; i < size; i++) {
        sums[i] += count[i];
      }
    }
    // Each of the two walks of each of the four stripes may be in the middle of a round.
    for (int sum : sums) {
      assertThat(sum).isBetween(8_000 - 8, 8_000 + 8);
    }
  }

  @Test
  void walksOnAcrossAChangeOfMembers() {
    RoundRobin roundRobin = new RoundRobin(stripes);
    stripes.set(0);
    assertThat(roundRobin.over(nodes(4), Nodes.weights(4)).pick(0)).isZero();
    assertThat(roundRobin.over(nodes(5), Nodes.weights(5)).pick(0)).isEqualTo(1);
  }

  private Picker picker(int size) {
    return new RoundRobin(stripes).over(nodes(size), Nodes.weights(size));
  }

  private static Node[] nodes(int size) {
    return new Node[size];
  }
}
