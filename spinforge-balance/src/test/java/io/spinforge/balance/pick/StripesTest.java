package io.spinforge.balance.pick;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StripesTest {
  private static final long OWNER = 7;
  private static final long OTHER = 8;

  /** Both of its counters at 0. */
  private final Stripes one = stripe(0);

  private static Stripes stripe(long value) {
    Stripes stripes = new Stripes(1, new SplittableRandom(1));
    stripes.set(value);
    return stripes;
  }

  @Test
  void theFirstThreadOwnsTheStripeAndOthersShareTheSecondCounter() {
    assertThat(one.next(OWNER)).isEqualTo(0);
    assertThat(one.next(OTHER)).isEqualTo(0);
    assertThat(one.next(OWNER)).isEqualTo(1);
    assertThat(one.next(OTHER + 1)).isEqualTo(1);
    assertThat(one.next(OTHER)).isEqualTo(2);
    assertThat(one.next(OWNER)).isEqualTo(2);
  }

  @Test
  void anOwnerWhoSteppedNoMoreIsSucceededAndItsWalkGoesOn() {
    for (int i = 0; i < 10; i++) {
      one.next(OWNER);
    }
    // Looked at with the first shared step, again 1,024 later: unchanged, so the owner is gone.
    for (int i = 0; i <= Stripes.PATIENCE; i++) {
      assertThat(one.next(OTHER)).isEqualTo(i);
    }
    assertThat(one.next(OTHER)).isEqualTo(10);
    assertThat(one.next(OTHER)).isEqualTo(11);
    assertThat(one.next(OWNER)).isEqualTo(Stripes.PATIENCE + 1);
  }

  @Test
  void anOwnerWhoStepsNowAndThenKeepsItsPlace() {
    for (int i = 0; i < 20; i++) {
      assertThat(one.next(OWNER)).isEqualTo(i);
      for (int j = 0; j < Stripes.PATIENCE; j++) {
        assertThat(one.next(OTHER)).isEqualTo(i * Stripes.PATIENCE + j);
      }
    }
  }

  @Test
  void stepsOnBeyondTheLargestNumber() {
    Stripes atTheEnd = stripe(0xFFFF_FFFFL);
    assertThat(atTheEnd.next(OWNER)).isEqualTo(-1);
    assertThat(atTheEnd.next(OWNER)).isEqualTo(0);
    assertThat(atTheEnd.next(OTHER)).isEqualTo(-1);
    assertThat(atTheEnd.next(OTHER)).isEqualTo(0);
  }

  @Test
  void noStepIsLostOrTakenTwiceWhileTheOwnerSteps() throws InterruptedException {
    int steps = Stripes.PATIENCE; // too few for anybody to be taken for gone
    int[][] seen = new int[4][steps / 4];
    Thread[] threads = new Thread[seen.length];
    one.next(OWNER);
    for (int i = 0; i < threads.length; i++) {
      int thread = i;
      threads[i] = new Thread(() -> walk(seen[thread], OWNER + thread));
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    for (int i = 0; i < seen[0].length; i++) {
      assertThat(seen[0][i]).isEqualTo(i + 1);
    }
    BitSet shared = new BitSet();
    for (int thread = 1; thread < seen.length; thread++) {
      for (int step : seen[thread]) {
        assertThat(shared.get(step)).as("step %s taken before", step).isFalse();
        shared.set(step);
      }
    }
    assertThat(shared.cardinality()).isEqualTo(shared.length());
  }

  private void walk(int[] seen, long thread) {
    for (int i = 0; i < seen.length; i++) {
      seen[i] = one.next(thread);
    }
  }
}
