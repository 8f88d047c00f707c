package io.spinforge.scaling;

import java.util.List;

/**
 * Where samples come from. Implemented by the host; called by one thread at a time, once per tick.
 */
@FunctionalInterface
public interface MetricSource {
  /**
   * Reads one sample per instance, those that are starting or stopping included.
   *
   * <p>May block, within a bound of its own: nothing is decided until it returns.
   *
   * @return the samples; not null
   * @throws Exception if there is no answer: the signal counts as failed in this tick, so nothing
   *     shrinks
   */
  List<Sample> read() throws Exception;
}
