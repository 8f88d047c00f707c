package io.spinforge.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Seeds;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The default policy in published experiments, in virtual time. */
class AdaptiveTest {
  private static final Duration LIMIT = Duration.ofSeconds(1);

  @Test
  void aBackendThatTurnsSlowIsAvoidedAndTakenBack() {
    Seeds.run(
        20,
        (seed, random) -> {
          Simulation simulation = new Simulation(11, random, UnaryOperator.identity());
          Simulation.Backends backends =
              (backend, now, dice) -> {
                boolean slow = backend == 0 && now.toSeconds() >= 15 && now.toSeconds() < 45;
                double millis = slow ? 2_000 : 167 + 5 * dice.nextGaussian();
                return Duration.ofNanos((long) (millis * 1e6));
              };
          simulation.run(Duration.ofSeconds(70), 1_000, LIMIT, backends);
          double success = 100.0 * (simulation.requests - simulation.failed) / simulation.requests;
          simulation.run(Duration.ofSeconds(80), 1_000, LIMIT, backends);
          assertThat(success).isGreaterThan(99.965);
          assertThat(simulation.served[0]).isGreaterThan((int) (0.85 * 10_000 / 11));
          simulation.endAll();
          assertThat(simulation.balancer.stats().inFlight()).isZero();
        });
  }

  @Test
  void anEvenGroupIsServedEvenly() {
    Seeds.run(
        5,
        (seed, random) -> {
          Simulation simulation = new Simulation(10, random, UnaryOperator.identity());
          simulation.run(Duration.ofSeconds(20), 1_000, LIMIT, exponential(20));
          for (int served : simulation.served) {
            assertThat(served).isBetween(1_700, 2_300);
          }
          assertThat(simulation.failed).isZero();
        });
  }

  @Test
  void weightsCount() {
    SplittableRandom random = new SplittableRandom(1);
    Simulation simulation =
        new Simulation(4, random, builder -> builder.weight(backend -> backend < 2 ? 1 : 3));
    simulation.run(Duration.ofSeconds(20), 1_000, LIMIT, exponential(20));
    int light = simulation.served[0] + simulation.served[1];
    int heavy = simulation.served[2] + simulation.served[3];
    assertThat((double) heavy / light).isBetween(2.0, 4.0);
  }

  private static Simulation.Backends exponential(double meanMillis) {
    return (backend, now, dice) ->
        Duration.ofNanos((long) (-Math.log(1 - dice.nextDouble()) * meanMillis * 1e6));
  }

  @Test
  void backendsThatFailFastAttractNothing() {
    Seeds.run(
        20,
        (seed, random) -> {
          Simulation simulation = new Simulation(20, random, UnaryOperator.identity());
          simulation.run(
              Duration.ofSeconds(60),
              1_000,
              LIMIT,
              (backend, now, dice) ->
                  backend < 2 ? Duration.ofMillis(-1) : exponential(20).serve(backend, now, dice));
          double failed = 100.0 * simulation.failed / simulation.requests;
          assertThat(failed).isLessThan(0.1);
        });
  }
}
