package io.spinforge.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.spinforge.health.probe.ProbeResult;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeardProbesTest {
  private static final ProbeResult HEALTHY = ProbeResult.healthy();

  private final HeardProbes<String> heard = new HeardProbes<>();
  private final List<String> told = new ArrayList<>();
  private long sum;

  @Test
  void allAreToldOnceInTheirOrder() {
    for (int i = 0; i < 100; i++) {
      heard.add("t" + i, i % 2 == 0 ? HEALTHY : ProbeResult.failed("no " + i), i);
    }
    heard.tell((target, result, nanos) -> told.add(target + " " + result.detail() + " " + nanos));
    assertThat(told).hasSize(100).startsWith("t0  0", "t1 no 1 1").endsWith("t99 no 99 99");
    heard.tell((target, result, nanos) -> told.add(target));
    assertThat(told).hasSize(100);
  }

  @Test
  void anEarThatThrowsHearsNothingTwice() {
    heard.add("a", HEALTHY, 1);
    heard.add("b", HEALTHY, 2);
    assertThatThrownBy(
            () ->
                heard.tell(
                    (target, result, nanos) -> {
                      throw new IllegalStateException("ear");
                    }))
        .isInstanceOf(IllegalStateException.class);
    heard.add("c", HEALTHY, 3);
    heard.tell((target, result, nanos) -> told.add(target));
    assertThat(told).containsExactly("c");
  }

  @Test
  void whatIsHeardAllocatesNothing() {
    HeardProbes.Ear<String> ear = (target, result, nanos) -> sum += nanos;
    turns(ear);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 10; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      turns(ear);
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    // Reading the count may allocate itself; a probe is an object of 32 bytes, were it one.
    assertThat(least).isLessThan(1_000);
    assertThat(sum).isPositive();
  }

  private void turns(HeardProbes.Ear<String> ear) {
    for (int turn = 0; turn < 1_000; turn++) {
      heard.add("a", HEALTHY, 7);
      heard.add("b", HEALTHY, 8);
      heard.tell(ear);
    }
  }
}
