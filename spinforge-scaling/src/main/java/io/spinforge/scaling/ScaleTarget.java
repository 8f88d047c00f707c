package io.spinforge.scaling;

import static java.util.Objects.requireNonNull;

import java.util.OptionalLong;

/**
 * What is scaled. Implemented by the host or taken from {@code io.spinforge.scaling.target}; called
 * by one thread at a time.
 */
public interface ScaleTarget {
  /**
   * Reads the present state.
   *
   * @throws Exception if there is no answer: nothing is decided in this tick
   */
  State read() throws Exception;

  /**
   * Asks for a number of instances.
   *
   * @param desired wanted number, from 0
   * @param seen the state that the decision was made from; a target that has changed since answers
   *     {@link ApplyResult.Conflict}
   * @param fence rises with every change of leader; a target that has seen a higher one answers
   *     {@link ApplyResult.Rejected}. Empty if there is only one writer.
   * @throws Exception if it is not known whether the number took effect, like {@link
   *     ApplyResult.Unknown}
   */
  ApplyResult apply(int desired, State seen, OptionalLong fence) throws Exception;

  /**
   * A state of the target.
   *
   * @param desired number of instances that was last asked for
   * @param ready instances that take work
   * @param starting instances that will
   * @param version changes with every change of {@code desired}; empty if the target has none
   */
  record State(int desired, int ready, int starting, String version) {
    /** Checks that the version is not null; numbers are judged by the autoscaler. */
    public State {
      requireNonNull(version, "version");
    }
  }
}
