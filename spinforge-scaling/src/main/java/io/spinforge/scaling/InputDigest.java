package io.spinforge.scaling;

import io.spinforge.scaling.reactive.Mark;
import io.spinforge.scaling.reactive.Panic;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The first half of a SHA-256 over plan, observation and memory, field by field. */
final class InputDigest {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final MessageDigest digest;
  // Fields collect here and go to the digest by the kilobyte: a call per field costs more than the
  // hash itself.
  private final byte[] fields = new byte[1024];
  private int filled;

  private InputDigest() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Computes it; {@code plan} is the plan's text, which does not change from tick to tick. */
  static String of(String plan, Observation seen, Memory memory) {
    InputDigest digest = new InputDigest();
    digest.put(plan);
    digest.put(seen);
    digest.put(memory);
    digest.flush();
    return HexFormat.of().formatHex(digest.digest.digest(), 0, 16);
  }

  private void put(Observation seen) {
    put(seen.sequence());
    put(seen.now());
    put(seen.elapsed());
    put(text(seen.target()));
    put(seen.targetFault());
    put(String.valueOf(seen.pause()));
    put(seen.outlook());
    put(seen.fence().orElse(-1));
    put((seen.follower() ? 1 : 0) + (seen.blank() ? 2 : 0));
    for (Signal.Reading reading : seen.readings()) {
      put(reading.fault());
      put(reading.total());
      put(reading.samples().size());
      for (Sample sample : reading.samples()) {
        put(sample.id());
        put(sample.phase().name());
        put(sample.usage().isPresent() ? 1 : 0);
        put(sample.usage().orElse(0));
        put(sample.request());
        put(sample.time());
      }
    }
  }

  /** Returns what the record says of itself, for which it takes a format. */
  private static String text(ScaleTarget.@Nullable State state) {
    return state == null
        ? "null"
        : "State[desired="
            + state.desired()
            + ", ready="
            + state.ready()
            + ", starting="
            + state.starting()
            + ", version="
            + state.version()
            + "]";
  }

  private void put(@Nullable Outlook outlook) {
    if (outlook == null) {
      put(0);
      return;
    }
    put(outlook.lead().toNanos());
    put(outlook.expected());
    put(outlook.upper());
    put(outlook.share());
    put(outlook.capacity());
    put(outlook.need());
    put(outlook.keep());
    put(outlook.proven() ? 1 : 2);
    put(outlook.censored() ? 1 : 2);
    if (!Double.isNaN(outlook.margin())) {
      put(outlook.margin()); // not known to the first version, whose digests have to stay
    }
  }

  private void put(Memory memory) {
    put(memory.axis());
    put(memory.last() == null ? Instant.MIN : memory.last());
    put(memory.recommendations());
    put(memory.ups());
    put(memory.downs());
    for (List<Double> window : memory.windows()) {
      put(window.size());
      for (double ratio : window) {
        put(ratio);
      }
    }
    Panic.State panic = memory.panic();
    put(panic == null ? -1 : panic.panicking() ? 1 : 0);
    put(panic == null ? 0 : panic.since());
    put(panic == null ? 0 : panic.most());
    put(memory.writer().expected());
    put(memory.writer().alternative());
    put(memory.writer().contended() ? 1 : 0);
    put(memory.writer().quiet());
    put(memory.retry().failures());
    put(memory.retry().at());
    put(memory.lead().fence());
    put(memory.lead().since());
  }

  private void put(List<Mark> marks) {
    put(marks.size());
    for (Mark mark : marks) {
      put(mark.at());
      put(mark.value());
    }
  }

  private void put(Instant instant) {
    put(instant.getEpochSecond());
    put(instant.getNano());
  }

  private void put(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    put(bytes.length);
    if (bytes.length > fields.length - filled) {
      flush();
    }
    if (bytes.length > fields.length) {
      digest.update(bytes);
    } else {
      System.arraycopy(bytes, 0, fields, filled, bytes.length);
      filled += bytes.length;
    }
  }

  private void put(double value) {
    put(Double.doubleToLongBits(value));
  }

  private void put(long value) {
    if (fields.length - filled < Long.BYTES) {
      flush();
    }
    LONGS.set(fields, filled, value);
    filled += Long.BYTES;
  }

  private void flush() {
    digest.update(fields, 0, filled);
    filled = 0;
  }
}
