package io.spinforge.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.scaling.history.HistoryStore;
import io.spinforge.scaling.history.HistoryStore.StoredDecision;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneRulesException;
import java.util.OptionalLong;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterOutputStream;
import org.junit.jupiter.api.Test;

/** What nobody should say, but somebody will. */
class BadInputTest {
  private static final Duration STEP = Duration.ofSeconds(30);

  private final FakeTarget target = new FakeTarget(4);
  private double demand = 4;
  private Instant now = Instant.parse("2026-03-01T10:00:00Z");

  private AutoscalerBuilder builder() {
    return Autoscaler.named("bad")
        .signal(Signal.totalDemand(() -> demand, 1).named("demand"))
        .zone(ZoneId.of("Europe/Berlin"));
  }

  private Decision tick(Autoscaler scaler) {
    now = now.plus(STEP);
    return scaler.tick(now);
  }

  @Test
  void aTotalThatIsNoNumberNeverChangesAnything() {
    Autoscaler scaler =
        builder().target(target).predictive(PredictivePolicy.overload(0.01)).build();
    tick(scaler);
    int before = target.desired;
    double known = scaler.forecast(Duration.ofMinutes(15)).expected();
    for (double bad : new double[] {Double.NaN, -1, Double.POSITIVE_INFINITY}) {
      demand = bad;
      for (int i = 0; i < 40; i++) {
        Decision decision = tick(scaler);
        assertThat(decision.desired()).isEqualTo(before);
        assertThat(decision.proposals().get(0).reason()).isEqualTo("a total of " + bad);
      }
    }
    demand = 4;
    tick(scaler);
    tick(scaler);
    assertThat(scaler.forecast(Duration.ofMinutes(15)).expected()).isIn(known, 4.0);
  }

  @Test
  void aTargetThatAnswersAWriteWithNothingIsReadAgain() {
    ScaleTarget mute =
        new ScaleTarget() {
          @Override
          public State read() {
            return target.read();
          }

          @Override
          @SuppressWarnings("NullAway") // what nobody should do
          public ApplyResult apply(int desired, State seen, OptionalLong fence) {
            target.apply(desired, seen, fence);
            return null;
          }
        };
    Autoscaler scaler = builder().target(mute).build();
    tick(scaler);
    demand = 8;
    assertThat(tick(scaler).applied()).isInstanceOf(ApplyResult.Unknown.class);
    Decision next = tick(scaler);
    assertThat(next.current()).isEqualTo(8);
    assertThat(next.constraint()).isNotEqualTo(Constraint.CONTENDED);
  }

  @Test
  void aTimeZoneThatIsNotKnownHereIsNamed() throws Exception {
    HistoryStore store = HistoryStore.memory();
    Autoscaler scaler = builder().target(target).history(store).build();
    scaler.sync();
    tick(scaler);
    scaler.sync();
    StoredDecision stored = store.decisions("bad", Instant.MIN, Instant.MAX, 1).get(0);
    assertThat(Autoscaler.replay(stored).toJson()).isEqualTo(stored.json());
    byte[] inputs = edited(stored.inputs(), "Europe/Berlin", "Europe/Narnia");
    assertThatThrownBy(() -> Autoscaler.replay(new StoredDecision(now, "{}", inputs)))
        .hasMessage("inputs: damaged (expected: as they were stored)")
        .hasRootCauseInstanceOf(ZoneRulesException.class)
        .hasStackTraceContaining("Europe/Narnia");
  }

  /** Returns inputs in which every {@code from} is a {@code to} of the same length. */
  private static byte[] edited(byte[] inputs, String from, String to) throws IOException {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    try (InflaterOutputStream out = new InflaterOutputStream(plain)) {
      out.write(inputs, 1, inputs.length - 1);
    }
    String text = plain.toString(StandardCharsets.ISO_8859_1).replace(from, to);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(inputs[0]);
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }
    return bytes.toByteArray();
  }
}
