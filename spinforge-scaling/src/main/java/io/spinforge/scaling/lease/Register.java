package io.spinforge.scaling.lease;

import org.jspecify.annotations.Nullable;

/**
 * The record of a lease somewhere outside. Each method may be carried out twice or late and does no
 * harm then: it changes the record only if that is still as it was seen.
 */
interface Register {
  /**
   * The record.
   *
   * @param holder who holds it; empty if nobody does
   * @param token grows with each holder
   * @param beat grows with each renewal
   */
  record Row(String holder, long token, long beat) {
    /** There is no record. */
    static final Row NONE = new Row("", 0, 0);

    boolean free() {
      return holder.isEmpty();
    }
  }

  /**
   * Renews if {@code me} holds it by {@code token}, and returns the record after that.
   *
   * @param token −1 if it is not held
   */
  Row renew(String me, long token) throws Exception;

  /**
   * Takes it if the record is still {@code seen}, with a token above {@code least} and above the
   * record's, and returns the record after that.
   */
  Row take(String me, Row seen, long least) throws Exception;

  /**
   * Makes it free if it is still {@code seen}: one that is done late must not free what its holder
   * has renewed meanwhile.
   */
  void free(Row seen) throws Exception;

  /** Lets go of what is open; the next call opens it again. */
  default void close() {}

  /** Returns null or why the record cannot be what it is. */
  static @Nullable String flaw(Row row) {
    return row.token() < 0 || row.beat() < 0 ? "a negative number in the record: " + row : null;
  }
}
