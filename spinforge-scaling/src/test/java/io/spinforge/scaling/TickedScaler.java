package io.spinforge.scaling;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** A scaler of four instances at 70 % that the test ticks by hand. */
abstract class TickedScaler {
  static final Duration STEP = Duration.ofSeconds(30);

  final FakeTarget target = new FakeTarget(4);
  final FakeLoad cpu = new FakeLoad(target, 2.8); // 70 % of 4
  final List<String> heard = new ArrayList<>();
  Instant now = Instant.parse("2026-03-01T10:00:00Z");
  Autoscaler scaler = builder().build();

  AutoscalerBuilder builder() {
    return Autoscaler.named("checkout")
        .target(target)
        .signal(Signal.utilization(cpu, 0.70).named("cpu"))
        .zone(ZoneOffset.UTC)
        .listener(
            new ScalingListener() {
              @Override
              public void onHold(Decision decision) {
                heard.add("hold " + decision.constraint());
              }

              @Override
              public void onRelease(Decision decision) {
                heard.add("release");
              }

              @Override
              public void onPause(String name, String reason) {
                heard.add("pause " + reason);
              }

              @Override
              public void onResume(String name) {
                heard.add("resume");
              }
            });
  }

  Decision tick() {
    now = now.plus(STEP);
    cpu.time = now;
    return scaler.tick(now);
  }

  Decision ticks(int n) {
    Decision last = tick();
    for (int i = 1; i < n; i++) {
      last = tick();
    }
    return last;
  }
}
