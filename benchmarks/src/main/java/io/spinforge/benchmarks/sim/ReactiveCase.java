package io.spinforge.benchmarks.sim;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One case of {@link ReactiveCases}, as it stands in the file. Everything but {@code current} may
 * be left out.
 *
 * @param name for the output; default the number of the case
 * @param comment for people; not read
 * @param current number of instances that was last asked for
 * @param ready ready instances; default the counted ones of a signal, else {@code current}
 * @param min lower limit; default 0
 * @param max upper limit; default 2147483647
 * @param tolerance both tolerances as a number or {@code {"up": .., "down": ..}}; default 0.1
 * @param signals one or more
 * @param type of the only signal, instead of {@code signals}
 * @param target of the only signal
 * @param value of the only signal
 * @param values of the only signal
 * @param instances of the only signal
 * @param failed whether the only signal failed
 * @param behavior {@code "none"} (the default), {@code "default"}, {@code "legacy"}, or rules
 * @param events changes that count against the rate policies
 * @param recommendations numbers that were proposed within the windows
 * @param panic instead of signals: one step of Knative's rule
 * @param ratios instead of signals: one step of the counting rule over these ratios
 * @param idle number without any active signal; default {@code min}
 * @param expect the right number; the output says whether it is met
 */
record ReactiveCase(
    @Nullable String name,
    @Nullable JsonNode comment,
    @Nullable Integer current,
    @Nullable Integer ready,
    @Nullable Integer min,
    @Nullable Integer max,
    @Nullable JsonNode tolerance,
    @Nullable List<OfSignal> signals,
    @Nullable String type,
    @Nullable Double target,
    @Nullable Double value,
    @Nullable List<Double> values,
    @Nullable List<OfInstance> instances,
    @Nullable Boolean failed,
    @Nullable JsonNode behavior,
    @Nullable Events events,
    @Nullable List<Recommendation> recommendations,
    @Nullable OfPanic panic,
    @Nullable List<Double> ratios,
    @Nullable Integer idle,
    @Nullable Integer expect) {

  /**
   * A signal.
   *
   * @param name for people
   * @param type {@code utilization}, {@code average}, {@code total} or {@code value}
   * @param target percent for a utilization, else in the unit of the usage
   * @param value of a total or value, or the mean of {@code ready} instances of the others
   * @param values of a total or value: their sum
   * @param instances of a utilization or average
   * @param failed whether there is nothing to be had
   * @param activation the signal counts as active above this; default it always is
   */
  record OfSignal(
      @Nullable String name,
      @Nullable String type,
      @Nullable Double target,
      @Nullable Double value,
      @Nullable List<Double> values,
      @Nullable List<OfInstance> instances,
      @Nullable Boolean failed,
      @Nullable Double activation) {}

  /**
   * One or more instances that are alike.
   *
   * @param usage what each uses
   * @param request what each was given; default 1
   * @param state {@code ready} (the default with a usage), {@code missing} (the default without),
   *     {@code unready} (set aside until it was ready once), {@code ignored} (being deleted,
   *     failed)
   * @param count how many; default 1
   */
  record OfInstance(
      @Nullable Double usage,
      @Nullable Double request,
      @JsonProperty("class") @Nullable String state,
      @Nullable Integer count) {}

  /**
   * Changes of the number.
   *
   * @param up instances that were added
   * @param down instances that were removed
   */
  record Events(@Nullable List<Event> up, @Nullable List<Event> down) {}

  /**
   * A change.
   *
   * @param secondsAgo when
   * @param change instances, above 0
   */
  record Event(double secondsAgo, int change) {}

  /**
   * A proposal of before.
   *
   * @param secondsAgo when
   * @param replicas the number
   */
  record Recommendation(double secondsAgo, int replicas) {}

  /**
   * The rules of one direction; what is left out is Kubernetes' default.
   *
   * @param policies rate policies
   * @param select {@code max}, {@code min} or {@code disabled}
   * @param stabilizationSeconds the window
   * @param tolerance of this direction
   */
  record Rules(
      @Nullable List<Policy> policies,
      @Nullable String select,
      @Nullable Double stabilizationSeconds,
      @Nullable Double tolerance) {}

  /**
   * A rate policy.
   *
   * @param type {@code pods} or {@code percent}
   * @param value how many
   * @param periodSeconds in which time
   */
  record Policy(String type, int value, double periodSeconds) {}

  /**
   * A step of Knative's rule; {@code ready} of the case are the ready instances.
   *
   * @param stable mean demand over the stable window
   * @param panic mean demand over the short window; default {@code stable}
   * @param target demand that one instance should carry
   * @param stableWindowSeconds default 60
   * @param threshold default 2
   * @param maxScaleUpRate default 1000
   * @param maxScaleDownRate default 2
   * @param activationScale default 1
   * @param reachable false lets it go down in one step; default true
   * @param panickingSeconds how long ago the last proposal beyond the threshold was; default it
   *     does not panic
   * @param maxPanicPods highest number of the present panic; default 0
   */
  record OfPanic(
      double stable,
      @Nullable Double panic,
      double target,
      @Nullable Double stableWindowSeconds,
      @Nullable Double threshold,
      @Nullable Double maxScaleUpRate,
      @Nullable Double maxScaleDownRate,
      @Nullable Integer activationScale,
      @Nullable Boolean reachable,
      @Nullable Double panickingSeconds,
      @Nullable Integer maxPanicPods) {}
}
