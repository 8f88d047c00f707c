package io.spinforge.scaling.target;

/** Looks for the optional library without touching it. */
final class Jackson {
  private static final String ARTIFACT = "com.fasterxml.jackson.core:jackson-databind";

  private Jackson() {}

  /** Throws, naming the artifact, if it is not there. */
  static void require(String user) {
    try {
      Class.forName("com.fasterxml.jackson.databind.ObjectMapper");
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(user + " needs " + ARTIFACT + " on the class path", e);
    }
  }
}
