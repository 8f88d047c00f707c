package io.spinforge.health.registry.store;

/**
 * What became of a write.
 *
 * @param outcome what happened
 * @param epoch the epoch of the entry that is there now; 0 if none is
 * @param waitMillis for {@link Outcome#TAKEN}: when the other owner's lease ends
 */
public record Answer(Outcome outcome, long epoch, long waitMillis) {
  /** The answer when there is no such entry. */
  public static final Answer GONE = new Answer(Outcome.GONE, 0, 0);

  /** What can become of a write. */
  public enum Outcome {
    /** The entry is there as it was given. */
    WRITTEN,
    /** The owner's entry is there as it was; nothing but the lease was written. */
    OWN,
    /** There is no such entry. */
    GONE,
    /** The entry is another owner's. */
    TAKEN
  }
}
