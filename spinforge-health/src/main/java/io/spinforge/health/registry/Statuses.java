package io.spinforge.health.registry;

/** The letters that stand for an instance's status in the store. */
final class Statuses {
  private Statuses() {}

  static char letter(InstanceStatus status) {
    return status == InstanceStatus.UP ? 'U' : 'D';
  }

  static InstanceStatus of(char letter) {
    return switch (letter) {
      case 'U' -> InstanceStatus.UP;
      case 'D' -> InstanceStatus.DRAINING;
      default -> throw new IllegalArgumentException("status: " + letter + " (expected: U or D)");
    };
  }
}
