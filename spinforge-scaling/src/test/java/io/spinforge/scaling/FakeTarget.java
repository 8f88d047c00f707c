package io.spinforge.scaling;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;

/** A target that becomes ready at once and can be told to misbehave. */
final class FakeTarget implements ScaleTarget {
  int desired;
  int ready;
  int version;
  RuntimeException readFault;
  final Deque<ApplyResult> answers = new ArrayDeque<>();
  final List<Integer> asked = new ArrayList<>();

  FakeTarget(int desired) {
    set(desired);
  }

  /** Changes the number as somebody else would. */
  void set(int desired) {
    this.desired = desired;
    ready = desired;
    version++;
  }

  @Override
  public State read() {
    if (readFault != null) {
      throw readFault;
    }
    return new State(desired, ready, 0, "v" + version);
  }

  @Override
  public ApplyResult apply(int number, State seen, OptionalLong fence) {
    asked.add(number);
    ApplyResult answer = answers.poll();
    if (answer != null) {
      return answer;
    }
    set(number);
    return new ApplyResult.Applied(number);
  }
}
