package io.spinforge.benchmarks.trials;

import io.spinforge.cache.wire.EntryFormat;
import io.spinforge.cache.wire.WireEntry;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Gives the decoder of the wire format what no encoder wrote: noise, entries with flipped, cut,
 * swapped and repeated bytes, half of them with a checksum that is right, so that the fields behind
 * it are reached. It must never throw, and never return an entry from damage that the checksum
 * covers.
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar \
 *     io.spinforge.benchmarks.trials.FuzzEntries [buffers, default 100000000] [seed]
 * </pre>
 */
public final class FuzzEntries {

  private static final String KEY = "product:4711";
  private static final int CHECKSUM = 4;

  private final SplittableRandom random;
  private final byte[][] valid;
  private long decoded;
  private long rejected;
  private long wrong;

  private FuzzEntries(long seed) {
    random = new SplittableRandom(seed);
    valid = entries();
  }

  /** Fuzzes and prints the counts; exits with 1 after a wrong value, and throws what was thrown. */
  public static void main(String[] args) {
    long buffers = args.length > 0 ? Long.parseLong(args[0]) : 100_000_000;
    long seed = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
    System.out.println(buffers + " buffers, seed " + seed);
    FuzzEntries fuzz = run(buffers, seed);
    System.out.println(
        "refused " + fuzz.rejected + ", well formed " + fuzz.decoded + ", wrong " + fuzz.wrong);
    System.exit(fuzz.wrong == 0 ? 0 : 1);
  }

  /** Fuzzes so many buffers. */
  static FuzzEntries run(long buffers, long seed) {
    FuzzEntries fuzz = new FuzzEntries(seed);
    for (long i = 0; i < buffers; i++) {
      fuzz.step();
    }
    return fuzz;
  }

  /** Returns how many damaged entries were taken for whole ones. */
  long wrong() {
    return wrong;
  }

  /** Returns how many buffers were taken: those whose checksum was made right, and fields too. */
  long decoded() {
    return decoded;
  }

  private void step() {
    byte[] original = valid[random.nextInt(valid.length)];
    byte[] damaged = damage(original);
    boolean sealed = damaged.length > CHECKSUM && random.nextBoolean();
    if (sealed) {
      seal(damaged);
    }
    WireEntry entry = decode(damaged);
    if (entry == null) {
      rejected++;
    } else {
      decoded++;
      if (!sealed && !isOneOfOurs(damaged)) {
        wrong++;
      }
    }
  }

  private static @Nullable WireEntry decode(byte[] bytes) {
    try {
      return EntryFormat.decode(KEY, bytes);
    } catch (RuntimeException e) {
      throw new IllegalStateException("threw for " + Arrays.toString(bytes), e);
    }
  }

  private boolean isOneOfOurs(byte[] bytes) {
    return Arrays.stream(valid).anyMatch(one -> Arrays.equals(one, bytes));
  }

  private byte[] damage(byte[] original) {
    byte[] bytes = original.clone();
    switch (random.nextInt(6)) {
      case 0 -> bytes = noise();
      case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 2 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(16));
      case 3 -> splice(bytes);
      case 4 -> bytes[random.nextInt(bytes.length)] = (byte) 0xFF; // varints without an end
      default -> flip(bytes);
    }
    return bytes;
  }

  private byte[] noise() {
    byte[] bytes = new byte[random.nextInt(96)];
    random.nextBytes(bytes);
    byte[] head = {0x53, 0x46, 1};
    System.arraycopy(head, 0, bytes, 0, Math.min(head.length, bytes.length));
    return bytes;
  }

  private void flip(byte[] bytes) {
    for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
  }

  private void splice(byte[] bytes) {
    byte[] other = valid[random.nextInt(valid.length)];
    int from = random.nextInt(other.length);
    int to = random.nextInt(bytes.length);
    int length = Math.min(random.nextInt(32), Math.min(other.length - from, bytes.length - to));
    System.arraycopy(other, from, bytes, to, length);
  }

  private static void seal(byte[] bytes) {
    int end = bytes.length - CHECKSUM;
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, end);
    ByteBuffer.wrap(bytes).putInt(end, (int) crc.getValue());
  }

  private byte[][] entries() {
    byte[] small = new byte[40];
    byte[] large = new byte[1_200]; // compressed
    random.nextBytes(small);
    return new byte[][] {
      encode(small, null, List.of()),
      encode(large, null, List.of()),
      encode(small, "\"v7\"", List.of("brand:7", "shop")),
      encode(null, null, List.of("shop")),
    };
  }

  @SuppressWarnings("NullAway") // it does not see annotations of arrays in class files
  private static byte[] encode(
      byte @Nullable [] payload, @Nullable String etag, List<String> tags) {
    return EntryFormat.encode(
        KEY,
        new WireEntry(
            7,
            3,
            1_767_225_600_000L,
            300_000,
            60_000,
            0,
            850,
            1,
            payload == null,
            etag,
            -1,
            tags,
            2,
            payload));
  }
}
