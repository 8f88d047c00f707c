package io.spinforge.balance.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spinforge.testkit.Seeds;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Shares that members, priorities and zones get, held against what they are for. */
class FormulasTest {
  @Test
  void prioritiesAddUpToAllRequestsAndTheFirstGoFirst() {
    Seeds.run(
        500,
        (seed, random) -> {
          int levels = 1 + random.nextInt(5);
          int[] members = random.ints(levels, 1, 300).toArray();
          int[] usable = Arrays.stream(members).map(n -> random.nextInt(n + 1)).toArray();
          int[] health = Priorities.health(usable, members, 1.4);
          if (Priorities.total(health) == 0) {
            return;
          }
          int[] loads = Priorities.loads(health);
          assertThat(Arrays.stream(loads).sum()).isEqualTo(100);
          boolean enough = Priorities.total(health) == 100;
          int left = 100;
          for (int i = 0; i < levels; i++) {
            assertThat(health[i] > 0 || loads[i] == 0).isTrue();
            if (enough) {
              assertThat(loads[i]).isEqualTo(Math.min(left, health[i]));
            } else {
              double exact = 100.0 * health[i] / Arrays.stream(health).sum();
              assertThat((double) loads[i]).isCloseTo(exact, within((double) levels));
            }
            left -= loads[i];
          }
        });
  }

  @Test
  void countsShareProportionally() {
    assertThat(Priorities.proportional(new int[] {1, 1, 1})).containsExactly(34, 33, 33);
    assertThat(Priorities.proportional(new int[] {0, 3})).containsExactly(0, 100);
  }

  @Test
  void everyMemberOfEveryZoneGetsTheSameIfAllCallersFollowTheShares() {
    Seeds.run(
        500,
        (seed, random) -> {
          int zones = 2 + random.nextInt(5);
          double[] members = random.ints(zones, 1, 50).asDoubleStream().toArray();
          double[] callers = random.ints(zones, 1, 50).asDoubleStream().toArray();
          double[] received = new double[zones];
          for (int local = 0; local < zones; local++) {
            double[] shares = Zones.shares(members, callers, local);
            assertThat(Arrays.stream(shares).sum()).isCloseTo(1, within(1e-9));
            double most = members[local] / Arrays.stream(members).sum();
            double own = callers[local] / Arrays.stream(callers).sum();
            assertThat(shares[local]).isCloseTo(Math.min(1, most / own), within(1e-9));
            for (int zone = 0; zone < zones; zone++) {
              received[zone] += callers[local] * shares[zone];
            }
          }
          double each = Arrays.stream(callers).sum() / Arrays.stream(members).sum();
          for (int zone = 0; zone < zones; zone++) {
            assertThat(received[zone] / members[zone]).isCloseTo(each, within(1e-9));
          }
        });
  }

  @Test
  void aSlowStartFollowsItsFormulaInTwentieths() {
    Seeds.run(
        200,
        (seed, random) -> {
          SlowStart slow =
              new SlowStart(1 + random.nextLong(1_000_000_000), 0.1 + random.nextDouble() * 5);
          long elapsed = 0;
          int steps = 0;
          while (elapsed < slow.nanos()) {
            double step = slow.step(elapsed);
            assertThat(step).isBetween(0.1, 1.0).isCloseTo(slow.factor(elapsed), within(0.0501));
            assertThat(step).isLessThanOrEqualTo(slow.factor(elapsed) + 1e-6);
            long next = slow.nextStep(elapsed);
            assertThat(next).isGreaterThan(elapsed).isLessThanOrEqualTo(slow.nanos());
            elapsed = next;
            steps++;
          }
          assertThat(steps).isLessThanOrEqualTo(19);
          assertThat(slow.factor(elapsed)).isEqualTo(1);
          assertThat(slow.factor(-5)).as("a clock that jumped back").isEqualTo(0.1);
        });
  }
}
