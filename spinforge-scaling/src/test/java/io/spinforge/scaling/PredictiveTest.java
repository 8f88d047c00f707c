package io.spinforge.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PredictiveTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration TEN = Duration.ofMinutes(10);

  private final FakeTarget target = new FakeTarget(4);
  private final FakeLoad cpu = new FakeLoad(target, 2);
  private Instant now = Instant.parse("2026-03-02T00:00:00Z");
  private Autoscaler scaler = builder().predictive(PredictivePolicy.overload(0.01)).build();

  private AutoscalerBuilder builder() {
    return Autoscaler.named("ahead")
        .target(target)
        .signal(Signal.utilization(cpu, 0.70).named("cpu"))
        .limits(1, 100)
        .interval(MINUTE)
        .startup(StartupTime.fixed(TEN))
        .zone(ZoneOffset.UTC);
  }

  /** Ticks with the demand of the time: 2 by night, 20 from 9 to 17. */
  private Decision tick() {
    now = now.plus(MINUTE);
    return tick(demand(now));
  }

  private Decision tick(double demand) {
    cpu.demand = demand;
    cpu.time = now;
    return scaler.tick(now);
  }

  private static double demand(Instant at) {
    int hour = at.atZone(ZoneOffset.UTC).getHour();
    return hour >= 9 && hour < 17 ? 20 : 2;
  }

  private Decision until(String time) {
    Decision last = tick();
    while (!now.equals(Instant.parse(time))) {
      last = tick();
    }
    return last;
  }

  @Test
  void instancesAreThereBeforeTheDemandIs() {
    until("2026-03-10T08:49:00Z");
    assertThat(target.desired).isLessThan(6);
    Decision up = until("2026-03-10T08:55:00Z");
    assertThat(target.desired).isBetween(22, 30);
    Outlook outlook = up.forecast();
    assertThat(outlook).isNotNull();
    assertThat(outlook.leads()).isTrue();
    assertThat(outlook.lead()).isEqualTo(TEN);
    assertThat(outlook.expected()).isBetween(19.0, 21.0);
    assertThat(outlook.need()).isEqualTo(up.desired());
    assertThat(up.explain())
        .contains("In 10 min, when a new instance would serve, demand is expected at ");
    assertThat(up.toJson()).contains("\"forecast\":{\"leadSeconds\":600,\"expected\":");
  }

  @Test
  void nothingIsRemovedThatIsNeededAgainSoon() {
    until("2026-03-10T08:35:00Z");
    int before = target.desired;
    Decision decision = until("2026-03-10T08:45:00Z");
    assertThat(decision.forecast().need()).isLessThanOrEqualTo(before);
    assertThat(decision.forecast().keep()).isGreaterThan(20);
  }

  @Test
  void beforeADayIsProvenTheSignalsHaveASayToo() {
    Decision decision = until("2026-03-02T12:00:00Z");
    assertThat(decision.forecast().proven()).isFalse();
    assertThat(decision.desired()).isGreaterThan(4);
    assertThat(decision.explain()).contains("not proven yet, so the signals have a say too");
  }

  @Test
  void saturatedInstancesDoubleAtTheSecondTick() {
    until("2026-03-08T01:00:00Z");
    int before = target.ready;
    now = now.plus(MINUTE);
    assertThat(tick(before).forecast().censored()).isTrue();
    int after = target.ready;
    now = now.plus(MINUTE);
    Decision second = tick(after);
    assertThat(second.forecast().need()).isGreaterThanOrEqualTo(2 * after);
    assertThat(second.explain()).contains("the instances are saturated");
  }

  @Test
  void upOnlyAndDryRunHoldTheForecastToo() {
    scaler = builder().predictive(PredictivePolicy.overload(0.01)).mode(Mode.UP_ONLY).build();
    until("2026-03-03T20:00:00Z");
    assertThat(target.desired).isGreaterThan(20);
    target.set(4);
    scaler = builder().predictive(PredictivePolicy.overload(0.01)).mode(Mode.DRY_RUN).build();
    assertThat(until("2026-03-04T10:00:00Z").constraint()).isEqualTo(Constraint.DRY_RUN);
    assertThat(target.desired).isEqualTo(4);
  }

  @Test
  void missingSamplesNeverShrinkAnything() {
    until("2026-03-08T16:00:00Z");
    int before = target.desired;
    cpu.hidden = 3;
    Decision decision = until("2026-03-08T20:00:00Z");
    assertThat(decision.constraint()).isEqualTo(Constraint.PARTIAL_DATA);
    assertThat(decision.forecast()).isNull();
    assertThat(target.desired).isGreaterThanOrEqualTo(before);
  }

  @Test
  void askedForAForecastItSaysWhatItKnows() {
    Forecast nothing = scaler.forecast(TEN);
    assertThat(nothing.expected()).isNaN();
    assertThat(nothing.instances()).isEqualTo(-1);
    until("2026-03-08T08:30:00Z");
    Forecast hour = scaler.forecast(Duration.ofHours(1));
    assertThat(hour.made()).isEqualTo(now);
    assertThat(hour.expected()).isBetween(18.0, 22.0);
    assertThat(hour.instances()).isBetween(20, 25);
    assertThatThrownBy(() -> scaler.forecast(Duration.ZERO))
        .hasMessage("ahead: PT0S (expected: above PT0S)");
  }

  @Test
  void anAnnotatedIncidentLeavesNoTrace() {
    until("2026-03-08T00:00:00Z");
    TimeRange night =
        new TimeRange(Instant.parse("2026-03-08T02:00:00Z"), Instant.parse("2026-03-08T04:00:00Z"));
    scaler.annotate(night, Annotation.INCIDENT);
    while (now.isBefore(Instant.parse("2026-03-08T04:00:00Z"))) {
      now = now.plus(MINUTE);
      tick(night.holds(now) ? 4 : 2);
    }
    until("2026-03-09T01:55:00Z");
    assertThat(scaler.forecast(TEN).expected()).isBetween(1.9, 2.1);
  }

  @Test
  void aHolidayIsLikeASunday() {
    scaler = builder().predictive(PredictivePolicy.seasonalMean()).build();
    scaler.annotate(
        new TimeRange(Instant.parse("2026-03-04T00:00:00Z"), Instant.parse("2026-03-05T00:00:00Z")),
        Annotation.HOLIDAY);
    until("2026-03-03T08:00:00Z");
    assertThat(scaler.forecast(Duration.ofHours(2)).expected()).isCloseTo(20, within(1e-9));
  }

  @Test
  void seasonalMeanAddsToTheSignals() {
    scaler = builder().predictive(PredictivePolicy.seasonalMean()).build();
    until("2026-03-09T08:53:00Z");
    assertThat(target.desired).isEqualTo(29); // 20 at 70 %
  }

  @Test
  void aForecasterOfTheHostsIsAsked() {
    Forecaster always =
        new Forecaster() {
          @Override
          public void observe(long cell, double demand, boolean learn) {}

          @Override
          public double forecast(int ahead) {
            return 9;
          }
        };
    scaler =
        builder()
            .predictive(PredictivePolicy.overload(0.01).forecaster((cell, zone, ahead) -> always))
            .build();
    tick();
    assertThat(tick().forecast().expected()).isEqualTo(9);
  }

  @Test
  void aForecastThatForeseesNothingRemovesNothingThatIsBusy() {
    Forecaster mad =
        new Forecaster() {
          private int seen;

          @Override
          public void observe(long cell, double demand, boolean learn) {
            seen++;
          }

          @Override
          public double forecast(int ahead) {
            return seen < 1600 ? 18 : 0;
          }
        };
    scaler =
        builder()
            .predictive(PredictivePolicy.overload(0.01).forecaster((cell, zone, ahead) -> mad))
            .build();
    for (int i = 0; i < 1700; i++) {
      now = now.plus(MINUTE);
      tick(18);
    }
    assertThat(scaler.status().last().orElseThrow().forecast().leads()).isTrue();
    assertThat(target.desired).isGreaterThanOrEqualTo(20);
  }

  @Test
  void aCalendarOfHolidaysIsAskedForTheDaysToCome() {
    List<Long> told = new ArrayList<>();
    Forecaster listens =
        new Forecaster() {
          @Override
          public void observe(long cell, double demand, boolean learn) {}

          @Override
          public double forecast(int ahead) {
            return 1;
          }

          @Override
          public void holiday(long day) {
            told.add(day);
          }
        };
    scaler =
        builder()
            .predictive(
                PredictivePolicy.seasonalMean()
                    .holidays(day -> day.equals(LocalDate.parse("2026-03-04")))
                    .forecaster((cell, zone, ahead) -> listens))
            .build();
    until("2026-03-02T00:10:00Z");
    assertThat(told).containsExactly(LocalDate.parse("2026-03-04").toEpochDay());
  }

  @Test
  void startsAreMeasured() {
    Startups startups = new Startups(StartupTime.measured());
    assertThat(startups.percentile()).isEqualTo(Duration.ofMinutes(2));
    startups.see(0, new ScaleTarget.State(2, 2, 0, ""), n -> {});
    for (int i = 1; i <= 5; i++) {
      startups.see(i * MINUTE.toNanos(), new ScaleTarget.State(4, i < 5 ? 2 : 4, 0, ""), n -> {});
    }
    assertThat(startups.percentile()).isEqualTo(Duration.ofMinutes(5));
    startups.see(6 * MINUTE.toNanos(), new ScaleTarget.State(8, 4, 4, ""), n -> {});
    startups.see(7 * MINUTE.toNanos(), new ScaleTarget.State(4, 4, 0, ""), n -> {}); // taken back
    startups.see(8 * MINUTE.toNanos(), new ScaleTarget.State(4, 4, 0, ""), n -> {});
    assertThat(startups.percentile()).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(() -> PredictivePolicy.conformal(1))
        .hasMessage("coverage: 1.0 (expected: 0.5 to 0.999)");
    assertThatThrownBy(() -> PredictivePolicy.overload(0))
        .hasMessage("share: 0.0 (expected: 0.001 to 0.2)");
    assertThatThrownBy(() -> PredictivePolicy.overload(0.01).ceiling(2))
        .hasMessage("ceiling: 2.0 (expected: 0.1 to 1.0)");
    assertThatThrownBy(() -> PredictivePolicy.seasonalMean().breakEven(Duration.ofHours(3)))
        .hasMessage("breakEven: PT3H (expected: PT0S to PT2H)");
    assertThatThrownBy(() -> StartupTime.fixed(Duration.ZERO))
        .hasMessage("startup: PT0S (expected: above PT0S, up to PT2H)");
    assertThatThrownBy(() -> new TimeRange(now, now))
        .hasMessage("to: " + now + " (expected: after " + now + ")");
    assertThatThrownBy(() -> builder().startup(StartupTime.measured()))
        .hasMessage("startup: set twice (before: fixed PT10M)");
  }
}
