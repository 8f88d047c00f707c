package io.spinforge.health.registry;

/**
 * The letters that stand for an instance's status in the store: in lower case if it is a suspect.
 */
final class Statuses {
  private Statuses() {}

  static char letter(InstanceStatus status) {
    return status == InstanceStatus.DRAINING ? 'D' : 'U';
  }

  static InstanceStatus of(char letter) {
    return switch (letter) {
      case 'U' -> InstanceStatus.UP;
      case 'u' -> InstanceStatus.SUSPECT;
      case 'D', 'd' -> InstanceStatus.DRAINING;
      default ->
          throw new IllegalArgumentException("status: " + letter + " (expected: U, u, D or d)");
    };
  }
}
