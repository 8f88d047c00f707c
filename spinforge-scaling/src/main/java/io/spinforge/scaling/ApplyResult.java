package io.spinforge.scaling;

/** What became of a number that a target was asked for. */
public sealed interface ApplyResult {
  /**
   * The target took it.
   *
   * @param desired the number
   */
  record Applied(int desired) implements ApplyResult {}

  /**
   * The target has changed since it was read; the next tick reads and decides again.
   *
   * @param detail what was different
   */
  record Conflict(String detail) implements ApplyResult {}

  /**
   * The target refused, and nothing changed.
   *
   * @param reason why
   */
  record Rejected(String reason) implements ApplyResult {}

  /**
   * There was no answer, and the number may or may not have taken effect.
   *
   * @param reason why
   */
  record Unknown(String reason) implements ApplyResult {}
}
