package io.spinforge.scaling;

import io.spinforge.scaling.reactive.Fleet;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One reading, sorted and summed: who is counted, who is set aside, and how good the numbers are.
 *
 * @param fleet the sums
 * @param quality how much of the truth they hold
 * @param fault why there is nothing or why the quality is low; empty if it is complete
 */
record Census(Fleet fleet, Quality quality, String fault) {
  private static final Fleet NOBODY = new Fleet(0, 0, 0, 0, 0, 0, 0);

  static Census of(Signal signal, Signal.Reading reading, int ready, Instant now, Plan plan) {
    if (!reading.fault().isEmpty()) {
      return nothing(reading.fault());
    }
    if (signal.kind() == Signal.Kind.TOTAL) {
      return usable(reading.total())
          ? new Census(new Fleet(0, reading.total(), 0, 0, 0, 0, 0), Quality.COMPLETE, "")
          : nothing("a total of " + reading.total());
    }
    return new Counter(signal, now, plan).count(reading, ready);
  }

  /** Returns ready instances times their utilization by the first such signal; NaN if unknown. */
  static double busy(
      List<Signal.Reading> readings, ScaleTarget.@Nullable State state, Instant now, Plan plan) {
    for (int i = 0; i < readings.size() && state != null; i++) {
      Signal signal = plan.signals().get(i);
      if (signal.kind() == Signal.Kind.UTILIZATION) {
        Census census = of(signal, readings.get(i), state.ready(), now, plan);
        Fleet fleet = census.fleet();
        return census.quality() == Quality.COMPLETE
            ? fleet.counted() * fleet.usage() / fleet.request()
            : Double.NaN;
      }
    }
    return Double.NaN;
  }

  private static Census nothing(String fault) {
    return new Census(NOBODY, Quality.MISSING, fault);
  }

  private static boolean usable(double value) {
    return value >= 0 && value < Double.POSITIVE_INFINITY;
  }

  private static final class Counter {
    private final boolean byRequest;
    private final Instant oldest;
    private final Instant newest;
    private int counted;
    private int missing;
    private int unready;
    private double usage;
    private double request;
    private double missingRequest;
    private double unreadyRequest;
    private String flaw = "";

    Counter(Signal signal, Instant now, Plan plan) {
      byRequest = signal.kind() == Signal.Kind.UTILIZATION;
      oldest = now.minus(plan.staleAfter());
      newest = now.plus(plan.staleAfter());
    }

    Census count(Signal.Reading reading, int ready) {
      Set<String> ids = new HashSet<>(2 * reading.samples().size());
      for (Sample sample : reading.samples()) {
        if (!ids.add(sample.id())) {
          return nothing("two samples of instance '" + sample.id() + "'");
        }
        if (byRequest && !(usable(sample.request()) && sample.request() > 0)) {
          return nothing("a request of " + sample.request() + " at '" + sample.id() + "'");
        }
        add(sample);
      }
      if (counted == 0) {
        return nothing(flaw.isEmpty() ? "no sample of any ready instance" : flaw);
      }
      if (counted + missing < ready) {
        flaw = (counted + missing) + " of " + ready + " ready instances in the reading";
      }
      Fleet fleet =
          new Fleet(counted, usage, request, missing, missingRequest, unready, unreadyRequest);
      if (!flaw.isEmpty()) {
        return new Census(fleet, Quality.PARTIAL, flaw);
      }
      return missing > 0
          ? new Census(fleet, Quality.FILLED, missing + " not measured")
          : new Census(fleet, Quality.COMPLETE, "");
    }

    private void add(Sample sample) {
      switch (sample.phase()) {
        case STARTING -> {
          unready++;
          unreadyRequest += sample.request();
        }
        case READY, UNREADY -> addCounted(sample);
        case STOPPING, FAILED -> {}
      }
    }

    private void addCounted(Sample sample) {
      OptionalDouble value = sample.usage();
      String wrong = value.isEmpty() ? "" : wrong(sample, value.getAsDouble());
      if (value.isEmpty() || !wrong.isEmpty()) {
        missing++;
        missingRequest += sample.request();
        flaw = wrong.isEmpty() ? flaw : wrong + " at '" + sample.id() + "'";
        return;
      }
      counted++;
      usage += value.getAsDouble();
      request += sample.request();
    }

    private String wrong(Sample sample, double value) {
      if (!usable(value)) {
        return "a usage of " + value;
      }
      if (sample.time().isBefore(oldest)) {
        return "a sample of " + sample.time();
      }
      return sample.time().isAfter(newest) ? "a sample from the future" : "";
    }
  }
}
