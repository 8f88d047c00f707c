package io.spinforge.cache.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An entry as it lies in Redis. {@link EntryFormat} says what the fields mean in bytes.
 *
 * @param sequence the value respects every invalidation of its partition up to this sequence
 * @param controlSequence the control log's sequence at the start of the load
 * @param createdMillis wall time of the load in ms since the epoch; told, never compared
 * @param freshMillis for how long after its creation it is fresh
 * @param staleMillis for how long it may then be served while it is refreshed
 * @param staleOnErrorMillis for how long it may then be served if it cannot be loaded
 * @param loadCostMicros how long the load took
 * @param codecId the codec that wrote the payload
 * @param negative whether it stands for an absence
 * @param etag its entity tag, if it has one
 * @param lastModifiedMillis when its source changed last in ms since the epoch; -1 if unknown
 * @param tags its tags
 * @param schema the version of the value's schema; 0 if none was told
 * @param payload what the codec wrote; null for a null value. Not copied, not to be written to
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record WireEntry(
    long sequence,
    long controlSequence,
    long createdMillis,
    long freshMillis,
    long staleMillis,
    long staleOnErrorMillis,
    long loadCostMicros,
    int codecId,
    boolean negative,
    @Nullable String etag,
    long lastModifiedMillis,
    List<String> tags,
    long schema,
    byte @Nullable [] payload) {

  /** Copies the tags. */
  public WireEntry {
    tags = List.copyOf(tags);
  }

  /** Returns the entry of a plain value, or of an absence if {@code payload} is null. */
  public static WireEntry of(
      long sequence,
      long createdMillis,
      long freshMillis,
      long loadCostMicros,
      int codecId,
      byte @Nullable [] payload) {
    return new WireEntry(
        sequence,
        0,
        createdMillis,
        freshMillis,
        0,
        0,
        loadCostMicros,
        codecId,
        payload == null,
        null,
        -1,
        List.of(),
        0,
        payload);
  }

  /** Returns how long Redis keeps it: all its phases together. */
  public long totalMillis() {
    return freshMillis + staleMillis + staleOnErrorMillis;
  }
}
