package io.spinforge.scaling;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.spinforge.scaling.reactive.Mark;
import io.spinforge.scaling.reactive.Panic;
import io.spinforge.scaling.reactive.Rate;
import java.io.DataInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads the inputs of a decision, in the order of {@link InputWriter}.
 *
 * @param in the inputs
 * @param version of their format; the first has no margin
 */
record InputReader(DataInputStream in, int version) {
  private static final int MOST = 1 << 24; // of a list or text: more is nonsense, no decision

  private interface Item<T> {
    T read() throws IOException;
  }

  String text() throws IOException {
    byte[] bytes = in.readNBytes(count());
    return new String(bytes, UTF_8);
  }

  private int count() throws IOException {
    int count = in.readInt();
    if (count < 0 || count > MOST) {
      throw new IOException("a count of " + count);
    }
    return count;
  }

  private <T> List<T> list(Item<T> item) throws IOException {
    int count = count();
    List<T> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(item.read());
    }
    return items;
  }

  private Instant instant() throws IOException {
    return Instant.ofEpochSecond(in.readLong(), in.readInt());
  }

  Plan plan() throws IOException {
    return new Plan(
        text(),
        list(this::signal),
        policy(),
        rules(true),
        rules(false),
        in.readInt(),
        in.readInt(),
        Mode.valueOf(text()),
        Duration.ofNanos(in.readLong()),
        Duration.ofNanos(in.readLong()),
        ZoneId.of(text()),
        null,
        StartupTime.measured());
  }

  private Signal signal() throws IOException {
    Signal.Kind kind = Signal.Kind.valueOf(text());
    String name = text();
    double target = in.readDouble();
    Signal signal =
        switch (kind) {
          case UTILIZATION -> Signal.utilization(List::of, target / 100);
          case PER_INSTANCE -> Signal.perInstanceLoad(List::of, target);
          case TOTAL -> Signal.totalDemand(() -> Double.NaN, target);
        };
    return signal.named(name);
  }

  private ReactivePolicy policy() throws IOException {
    int kind = in.readByte();
    long window = in.readLong();
    return switch (kind) {
      case 0 -> ReactivePolicy.proportional();
      case 1 -> ReactivePolicy.thresholds();
      default -> ReactivePolicy.panicking(Duration.ofNanos(window));
    };
  }

  private ScalingRules rules(boolean up) throws IOException {
    return new ScalingRules(
        up,
        list(() -> new Rate(in.readBoolean(), in.readInt(), in.readLong())),
        ScalingRules.Select.valueOf(text()),
        in.readLong(),
        in.readDouble(),
        in.readLong(),
        in.readInt());
  }

  Observation observation() throws IOException {
    return new Observation(
        in.readLong(),
        instant(),
        in.readLong(),
        in.readBoolean()
            ? new ScaleTarget.State(in.readInt(), in.readInt(), in.readInt(), text())
            : null,
        text(),
        list(() -> new Signal.Reading(list(this::sample), in.readDouble(), text())),
        outlook(),
        in.readBoolean() ? text() : null,
        fence(),
        in.readBoolean(),
        in.readBoolean());
  }

  private OptionalLong fence() throws IOException {
    long fence = in.readLong();
    return fence < 0 ? OptionalLong.empty() : OptionalLong.of(fence);
  }

  private Sample sample() throws IOException {
    String id = text();
    Phase phase = Phase.valueOf(text());
    boolean measured = in.readBoolean();
    double usage = in.readDouble();
    return new Sample(
        id,
        phase,
        measured ? OptionalDouble.of(usage) : OptionalDouble.empty(),
        in.readDouble(),
        instant());
  }

  private @Nullable Outlook outlook() throws IOException {
    return in.readBoolean()
        ? new Outlook(
            Duration.ofNanos(in.readLong()),
            in.readDouble(),
            in.readDouble(),
            in.readDouble(),
            in.readDouble(),
            in.readInt(),
            in.readInt(),
            in.readBoolean(),
            in.readBoolean(),
            version > 1 ? in.readDouble() : Double.NaN)
        : null;
  }

  Memory memory() throws IOException {
    return new Memory(
        in.readLong(),
        in.readBoolean() ? instant() : null,
        list(this::mark),
        list(this::mark),
        list(this::mark),
        list(() -> list(in::readDouble)),
        in.readBoolean() ? new Panic.State(in.readBoolean(), in.readLong(), in.readInt()) : null,
        new Memory.Writer(in.readInt(), in.readInt(), in.readBoolean(), in.readInt()),
        new Memory.Retry(in.readInt(), in.readLong()),
        new Memory.Lead(in.readLong(), in.readLong()));
  }

  private Mark mark() throws IOException {
    return new Mark(in.readLong(), in.readInt());
  }

  @Nullable ApplyResult applied() throws IOException {
    return switch (in.readByte()) {
      case 1 -> new ApplyResult.Applied(in.readInt());
      case 2 -> new ApplyResult.Conflict(text());
      case 3 -> new ApplyResult.Rejected(text());
      case 4 -> new ApplyResult.Unknown(text());
      default -> null;
    };
  }
}
