package io.spinforge.metrics.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MeterSetTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final MeterSet meters = new MeterSet(registry);

  @Test
  void metersHoldTheirStateUntilTheyAreClosed() {
    AtomicLong state = new AtomicLong(7);
    WeakReference<AtomicLong> weak = new WeakReference<>(state);
    meters.counter(Catalogue.BALANCE_EMPTY, state, AtomicLong::doubleValue, "x");
    meters.gauge(Catalogue.BALANCE_PANIC, state, AtomicLong::doubleValue, "x");
    state = null;
    for (int i = 0; i < 5; i++) {
      System.gc();
    }
    assertThat(weak.get()).isNotNull();
    assertThat(registry.get("spinforge.balance.empty").functionCounter().count()).isEqualTo(7);
    assertThat(registry.get("spinforge.balance.panic").gauge().value()).isEqualTo(7);

    meters.close();
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void aMeterThatIsThereAlreadyIsRefused() {
    meters.gauge(Catalogue.BALANCE_PANIC, this, state -> 1, "x");
    meters.gauge(Catalogue.BALANCE_PANIC, this, state -> 1, "y");
    assertThatIllegalStateException()
        .isThrownBy(
            () -> new MeterSet(registry).gauge(Catalogue.BALANCE_PANIC, this, state -> 1, "x"))
        .withMessage(
            "spinforge.balance.panic[tag(balancer=x)]: bound on this registry already"
                + " (expected: once)");
  }

  @Test
  void aMeterOfAClosedSetIsGoneAtOnce() {
    meters.close();
    meters.timer(Catalogue.BALANCE_REQUESTS, "x", "m", "success");
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void tagsAreThoseOfTheCatalogue() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> meters.counter(Catalogue.BALANCE_RETRIES, "x"))
        .withMessage("spinforge.balance.retries tags: [x] (expected: [balancer, outcome])");
  }
}
