package io.spinforge.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.scaling.history.HistoryStore;
import io.spinforge.scaling.history.HistoryStore.Batch;
import io.spinforge.scaling.history.HistoryStore.StoredDecision;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class LessonTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** A decision as it was stored before removals had a margin. */
  private static final StoredDecision FIRST_VERSION =
      new StoredDecision(
          Instant.parse("2026-03-02T01:30:00Z"),
          "{\"scaler\":\"first\",\"sequence\":18,\"time\":\"2026-03-02T01:30:00Z\",\"zone\":\"Z\","
              + "\"mode\":\"FULL\",\"current\":7,\"ready\":7,\"starting\":0,\"demand\":5.5,"
              + "\"quality\":\"COMPLETE\",\"proposals\":[{\"signal\":\"demand\",\"replicas\":6,"
              + "\"measured\":0.7857142857142857,\"target\":1.0,\"unit\":\"\","
              + "\"ratio\":0.7857142857142857,\"demand\":5.5,\"quality\":\"COMPLETE\","
              + "\"reason\":\"a ratio of 0.786\"}],\"forecast\":{\"leadSeconds\":300,"
              + "\"expected\":5.5,\"upper\":6.45341989624717,\"share\":0.9915,\"capacity\":0.9,"
              + "\"need\":8,\"keep\":8,\"proven\":false,\"censored\":false},\"raw\":8,"
              + "\"stabilized\":8,\"rateLimited\":8,\"clamped\":8,\"desired\":8,"
              + "\"constraint\":\"NONE\",\"detail\":\"\",\"applied\":{\"result\":\"APPLIED\","
              + "\"desired\":8},\"fence\":null,\"digest\":\"abd1098adf40c57a4ad978ccb4e7b8cc\"}",
          Base64.getDecoder()
              .decode(
                  "AXgBnVLPaxNBFN5tUu1VD/64zUkqrGUXzKGHYRuwvZiYUKNIQ4Rx9yUM7s4ss5O0iqh3PQt6"
                      + "8tC/wFMV/wAFBb0IXjwWD0UF/4D43m5W09KTD96b974333z7dsZxnMWhNLl1HMdFX+x1es0W"
                      + "Jidi"
                      + "SIWKw1+YH7EF2hij1x6e+lL06nNFrd28VYAYwtfPyV5U9aPpdIq5e/SAGefJq/fZPKeoKw7y"
                      + "SLO+caNF37f+Nd7Dxfn8dGWZVncL/Vs3EaqvRAq8GMpjuRwpkeS8X47Dlov5PGaFGYFlwcWB"
                      + "xzKdyOgez4zOtLFSI8Fj44yPM9bfFBb6GZgIlOXWjMFjItVjLALfRyoYqWMeNPzK8LxDnCGq"
                      + "/yNdPpYyYDkkEFmGv45tSxXrbdbt+deZ1QkYoSJg/krgMcQVp/A/33W8SOC3D6swkQljUR47"
                      + "Hkul4iicip1y3lTHwOkGPCaVBTMRCe/2GrgztyKB5hAxBAJC7msFfAsHNhDLyMoJ8M7N9c1W"
                      + "p3kFx1ldZRHIRKoRFeyOAXH3EkxAVdJ4oLF4C0O5AzGCjfaA7hntNAW5+/0crfiiCqMndXLm"
                      + "hLsBRTRqOGtnKJZGQPF6KnDt/Kf2tQu/3fDnm9uN8MGP8OAD2UfctzTzSoVOqA+eXX1cHit3"
                      + "9w8IQlvAxtm3++8ox+8oN5U57a1t+HsvqUfq6H/7s5paSCSdMp2L8+IEE2XpD645AQE="));

  private final HistoryStore store = HistoryStore.memory();
  private Instant now = Instant.parse("2026-03-02T00:00:00Z");
  private double demand = 5;
  private final FakeTarget target = new FakeTarget(7);

  private Autoscaler scaler() {
    Autoscaler scaler =
        Autoscaler.named("learns")
            .target(target)
            .signal(Signal.totalDemand(() -> demand, 1).named("demand"))
            .limits(1, 100)
            .interval(MINUTE)
            .zone(ZoneOffset.UTC)
            .clock(() -> now)
            .startup(StartupTime.fixed(Duration.ofMinutes(3)))
            .predictive(PredictivePolicy.overload(0.01))
            .history(store)
            .build();
    scaler.sync();
    return scaler;
  }

  private Decision tick(Autoscaler scaler) {
    now = now.plus(MINUTE);
    return scaler.tick(now);
  }

  @Test
  void aDecisionOfTheFirstVersionIsMadeAgainBitForBit() {
    Decision again = Autoscaler.replay(FIRST_VERSION);
    assertThat(again.toJson()).isEqualTo(FIRST_VERSION.json());
    assertThat(again.forecast()).isNotNull();
    assertThat(again.forecast().margin()).isNaN();
  }

  @Test
  void afterARestartTheMarginIsTheOneOfBefore() throws Exception {
    Autoscaler before = scaler();
    List<Decision> made = new ArrayList<>();
    while (made.size() < 1000) {
      demand = 10 + 5 * Math.sin(made.size() / 40.0);
      made.add(tick(before));
      if (made.size() % 100 == 0) {
        before.sync();
      }
    }
    before.sync();
    before.close();
    double margin = made.get(999).forecast().margin();
    assertThat(margin).isNotEqualTo(made.get(0).forecast().margin());
    List<StoredDecision> stored = store.decisions("learns", Instant.MIN, Instant.MAX, 2000);
    for (StoredDecision decision : stored) {
      assertThat(Autoscaler.replay(decision).toJson()).isEqualTo(decision.json());
    }
    now = now.plus(Duration.ofHours(5));
    Autoscaler after = scaler();
    assertThat(tick(after).forecast().margin()).isEqualTo(margin);
    after.close();
  }

  @Test
  void theNewestDecisionWithAMarginCounts() throws Exception {
    assertThat(Lesson.margin(store, "learns", now)).isEmpty();
    Autoscaler before = scaler();
    Decision known = tick(before);
    before.sync();
    before.close();
    Instant later = now.plusSeconds(60);
    StoredDecision damaged = new StoredDecision(later, "{}", new byte[] {2, 7});
    store.write("learns", new Batch(List.of(), List.of(damaged, FIRST_VERSION), List.of()));
    for (Duration back : List.of(MINUTE, Duration.ofHours(1), Duration.ofDays(7))) {
      assertThat(Lesson.margin(store, "learns", later.plus(back)))
          .as("%s later", back)
          .hasValue(known.forecast().margin());
    }
    assertThat(Lesson.margin(store, "learns", later.plus(Duration.ofDays(20)))).isEmpty();
  }

  @Test
  void soonAfterARemovalNothingIsTakenBackForHeadroomAlone() {
    Forecaster level = new Level();
    Autoscaler scaler =
        Autoscaler.named("calm")
            .target(target)
            .signal(Signal.totalDemand(() -> demand, 1).named("demand"))
            .limits(1, 100)
            .interval(MINUTE)
            .zone(ZoneOffset.UTC)
            .startup(StartupTime.fixed(Duration.ofMinutes(3)))
            .predictive(PredictivePolicy.overload(0.01).forecaster((cell, zone, ahead) -> level))
            .build();
    demand = 18;
    for (int i = 0; i < 60; i++) {
      demand = i % 2 == 0 ? 17 : 18; // so that errors have a size
      tick(scaler);
    }
    int before = target.desired;
    demand = 9;
    Decision down = tick(scaler);
    while (down.direction() >= 0) {
      down = tick(scaler);
    }
    int left = target.desired;
    assertThat(left).isLessThan(before);
    demand = left * 0.9 - 0.1; // what is left carries it, without headroom
    Decision held = tick(scaler);
    Outlook outlook = held.forecast();
    assertThat(outlook.upper() / outlook.capacity()).isGreaterThan(left);
    assertThat(outlook.need()).isEqualTo(left);
    assertThat(held.explain()).contains("without headroom so soon after a removal");
    demand = left; // and this it does not carry
    assertThat(tick(scaler).forecast().need()).isGreaterThan(left);
  }

  /** Expects the last value. */
  private static final class Level implements Forecaster {
    private double last;

    @Override
    public void observe(long cell, double demand, boolean learn) {
      last = demand;
    }

    @Override
    public double forecast(int ahead) {
      return last;
    }
  }
}
