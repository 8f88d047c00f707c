package io.spinforge.scaling;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** A source that spreads a demand evenly over the ready instances of a target. */
final class FakeLoad implements MetricSource {
  private final FakeTarget target;
  double demand;
  Instant time = Instant.EPOCH;
  Exception fault;
  List<Sample> extra = List.of();
  int hidden;
  int missing;

  FakeLoad(FakeTarget target, double demand) {
    this.target = target;
    this.demand = demand;
  }

  @Override
  public List<Sample> read() throws Exception {
    if (fault != null) {
      throw fault;
    }
    List<Sample> samples = new ArrayList<>(extra);
    for (int i = 0; i < target.ready - hidden; i++) {
      OptionalDouble usage =
          i < missing ? OptionalDouble.empty() : OptionalDouble.of(demand / target.ready);
      samples.add(new Sample("i" + i, Phase.READY, usage, 1, time));
    }
    return samples;
  }
}
