package io.spinforge.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DecisionTest {
  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

  /** The first tick of a service of 4 with limits of 1 to 5 and a target of 70 %. */
  private static Decision tick(double demand) {
    FakeTarget target = new FakeTarget(4);
    FakeLoad cpu = new FakeLoad(target, demand);
    cpu.time = START;
    return Autoscaler.named("checkout")
        .target(target)
        .signal(Signal.utilization(cpu, 0.70).named("cpu"))
        .limits(1, 5)
        .zone(ZoneId.of("Europe/Berlin"))
        .build()
        .tick(START);
  }

  private static Decision grown() {
    return tick(4.2);
  }

  @Test
  void explainTellsWhatWasSeenAndWhy() {
    assertThat(grown().explain())
        .isEqualTo(
            "At 2026-03-01 11:00:00 Europe/Berlin, checkout stood at 4 (4 ready, 0 starting)."
                + " Signal cpu measured 105 % against 70 % and proposed 6 (a ratio of 1.5). Of the"
                + " highest proposal, 6, stabilization left 6, the rate policies 6, the limits 5."
                + " It grew to 5, the upper limit. The target took it.");
  }

  @Test
  void everyConstraintAndResultHasWords() {
    Decision d = grown();
    List<ApplyResult> results = new ArrayList<>();
    results.add(new ApplyResult.Conflict("a"));
    results.add(new ApplyResult.Rejected("b"));
    results.add(new ApplyResult.Unknown("c"));
    for (Constraint constraint : Constraint.values()) {
      for (ApplyResult result : results) {
        Decision other =
            new Decision(
                d.scaler(),
                d.sequence(),
                d.time(),
                d.zone(),
                d.mode(),
                d.current(),
                d.ready(),
                d.starting(),
                d.demand(),
                d.quality(),
                d.proposals(),
                d.forecast(),
                d.raw(),
                d.stabilized(),
                d.rateLimited(),
                d.clamped(),
                d.desired(),
                constraint,
                "because",
                result,
                d.fence(),
                d.digest());
        assertThat(other.explain()).contains("because").doesNotContain("null");
        assertThat(other.toJson()).contains("\"constraint\":\"" + constraint + "\"");
      }
    }
  }

  @Test
  void jsonHasEveryField() {
    Decision d = grown();
    assertThat(d.toJson())
        .isEqualTo(
            "{\"scaler\":\"checkout\",\"sequence\":1,\"time\":\"2026-03-01T10:00:00Z\","
                + "\"zone\":\"Europe/Berlin\",\"mode\":\"FULL\",\"current\":4,\"ready\":4,"
                + "\"starting\":0,\"demand\":4.2,\"quality\":\"COMPLETE\",\"proposals\":[{"
                + "\"signal\":\"cpu\",\"replicas\":6,\"measured\":105.0,\"target\":70.0,\"unit\":\"%\",\"ratio\":1.5,\"demand\":4.2,\"quality\":\"COMPLETE\",\"reason\":\"a"
                + " ratio of"
                + " 1.5\"}],\"forecast\":null,\"raw\":6,\"stabilized\":6,\"rateLimited\":6,"
                + "\"clamped\":5,\"desired\":5,\"constraint\":\"MAXIMUM\",\"detail\":\"\","
                + "\"applied\":{\"result\":\"APPLIED\",\"desired\":5},\"fence\":null,\"digest\":\""
                + d.digest()
                + "\"}");
    assertThat(d.digest()).matches("[0-9a-f]{32}");
  }

  @Test
  void jsonEscapesTextAndHasNoNumberForNotANumber() {
    Json json = new Json().begin('[').value("a\"\\\n\r\t\u0001\ud800é").value(Double.NaN);
    json.value(Double.POSITIVE_INFINITY).value(-0.5).value(7L).nothing().begin('{').end('}');
    assertThat(json.end(']'))
        .hasToString("[\"a\\\"\\\\\\n\\r\\t\\u0001\\ud800é\",null,null,-0.5,7,null,{}]");
  }

  @Test
  void sameInputsGiveTheSameDecisions() {
    Seeds.run(
        20,
        (seed, random) -> {
          List<Decision> first = history(new SplittableRandom(seed));
          List<Decision> second = history(new SplittableRandom(seed));
          assertThat(second).isEqualTo(first);
          assertThat(second.stream().map(Decision::toJson))
              .isEqualTo(first.stream().map(Decision::toJson).toList());
          assertThat(first.stream().map(Decision::digest).distinct()).hasSize(first.size());
        });
  }

  @Test
  void differentInputsGiveDifferentDigests() {
    assertThat(tick(Math.nextUp(4.2)).digest()).isNotEqualTo(grown().digest());
  }

  private static List<Decision> history(SplittableRandom random) {
    FakeTarget target = new FakeTarget(3);
    FakeLoad cpu = new FakeLoad(target, 2);
    Autoscaler scaler =
        Autoscaler.named("replay")
            .target(target)
            .signal(Signal.utilization(cpu, 0.70))
            .zone(ZoneId.of("UTC"))
            .build();
    List<Decision> decisions = new ArrayList<>();
    Instant now = START;
    for (int i = 0; i < 60; i++) {
      now = now.plus(Duration.ofMillis(25_000 + random.nextInt(10_000)));
      cpu.time = now;
      cpu.demand = random.nextDouble() * 8;
      cpu.missing = random.nextInt(4) == 0 ? 1 : 0;
      decisions.add(scaler.tick(now));
    }
    return decisions;
  }
}
