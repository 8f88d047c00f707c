package io.spinforge.cache.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Seeds;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class EntryFormatTest {
  private static final long CREATED = 1_767_225_600_000L; // 2026-01-01T00:00:00Z
  private static final byte[] TEXT = "a value".getBytes(StandardCharsets.UTF_8);

  @Test
  void goldenFilesStayReadableAndAreWrittenTheSame() throws IOException {
    assertGolden("plain", WireEntry.of(42, CREATED, 300_000, 1500, 1, TEXT));
    assertGolden("absence", WireEntry.of(43, CREATED, 30_000, 900, 1, null));
    assertGolden("everything", everything(TEXT));
    assertDecodes("compressed", everything("spin".repeat(1000).getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void overheadOfAPlainEntryIsAtMostFortyBytes() {
    byte[] bytes = EntryFormat.encode("k", WireEntry.of(1L << 52, CREATED, 300_000, 99, 1, TEXT));
    assertThat(bytes.length - TEXT.length).isLessThanOrEqualTo(40);
  }

  @Test
  void valuesOverTheThresholdAreCompressedWhereThatHelps() {
    byte[] long1024 = new byte[1024];
    byte[] long1025 = new byte[1025];
    byte[] noise = new byte[4000];
    new java.util.Random(1).nextBytes(noise);
    assertThat(EntryFormat.encode("k", plain(long1024)).length).isGreaterThan(1024);
    assertThat(EntryFormat.encode("k", plain(long1025)).length).isLessThan(100);
    assertThat(EntryFormat.encode("k", plain(noise)).length).isBetween(4000, 4040);
    for (byte[] payload : List.of(long1024, long1025, noise)) {
      assertSame(EntryFormat.decode("k", EntryFormat.encode("k", plain(payload))), plain(payload));
    }
  }

  @Test
  void entryOfAnotherKeyIsNoEntry() {
    byte[] bytes = EntryFormat.encode("k", plain(TEXT));
    assertThat(EntryFormat.decode("other", bytes)).isNull();
  }

  @Test
  void unknownExtensionsArePassedOver() {
    byte[] plain = EntryFormat.encode("k", plain(TEXT));
    int at = plain.length - 4 - TEXT.length - 1;
    byte[] bytes = new byte[plain.length + 3];
    System.arraycopy(plain, 0, bytes, 0, at);
    bytes[3] |= (byte) 0x80;
    bytes[at] = 2;
    bytes[at + 1] = 7;
    bytes[at + 2] = 9;
    System.arraycopy(plain, at, bytes, at + 3, TEXT.length + 1);
    assertSame(EntryFormat.decode("k", sealed(bytes)), plain(TEXT));
  }

  @Test
  void anyEntryComesBackAsItWas() {
    Seeds.run(
        500,
        (seed, random) -> {
          String key = text(random, 40);
          WireEntry entry = any(random);
          assertSame(EntryFormat.decode(key, EntryFormat.encode(key, entry)), entry);
        });
  }

  @Test
  void changedBytesAreNeverAnEntryAndNeverAnException() {
    Seeds.run(
        2000,
        (seed, random) -> {
          byte[] bytes = EntryFormat.encode("k", any(random));
          byte[] broken = bytes.clone();
          switch (random.nextInt(3)) {
            case 0 -> broken = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 1 -> broken = java.util.Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(9));
            default -> broken[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
          }
          assertThat(EntryFormat.decode("k", broken)).isNull();
        });
  }

  @Test
  void forgedBytesWithAGoodChecksumNeverThrow() {
    Seeds.run(
        3000,
        (seed, random) -> {
          byte[] bytes = EntryFormat.encode("k", any(random));
          for (int i = random.nextInt(4); i >= 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
          }
          EntryFormat.decode("k", sealed(bytes)); // a value or null, that is all
        });
  }

  @Test
  void noiseIsNeverAnEntry() {
    Seeds.run(
        2000,
        (seed, random) -> {
          byte[] noise = new byte[random.nextInt(200)];
          random.nextBytes(noise);
          assertThat(EntryFormat.decode("k", noise)).isNull();
        });
  }

  private static WireEntry plain(byte[] payload) {
    return WireEntry.of(42, CREATED, 300_000, 1500, 1, payload);
  }

  private static WireEntry everything(byte[] payload) {
    return new WireEntry(
        (1L << 52) + 5,
        77,
        CREATED,
        300_000,
        60_000,
        21_600_000,
        123_456,
        300,
        false,
        "\"v1-é\"",
        CREATED - 1000,
        List.of("brand:7", "tenant:42"),
        3,
        payload);
  }

  private static WireEntry any(SplittableRandom random) {
    byte[] payload = random.nextInt(5) == 0 ? null : new byte[random.nextInt(3000)];
    if (payload != null && random.nextBoolean()) {
      random.nextBytes(payload);
    }
    List<String> tags = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      tags.add(text(random, 20));
    }
    return new WireEntry(
        random.nextLong(Long.MAX_VALUE),
        random.nextLong(1L << 40),
        CREATED + random.nextInt(),
        random.nextLong(1L << 40),
        random.nextLong(1L << 40),
        random.nextLong(1L << 40),
        random.nextLong(1L << 60),
        random.nextInt(Integer.MAX_VALUE),
        random.nextBoolean(),
        random.nextBoolean() ? text(random, 30) : null,
        random.nextBoolean() ? CREATED : -1,
        tags,
        random.nextInt(3),
        payload);
  }

  private static String text(SplittableRandom random, int longest) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(longest); i > 0; i--) {
      text.append((char) (random.nextBoolean() ? 'a' + random.nextInt(26) : 0xe0 + i));
    }
    return text.toString();
  }

  private static byte[] sealed(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - 4);
    java.nio.ByteBuffer.wrap(bytes).putInt(bytes.length - 4, (int) crc.getValue());
    return bytes;
  }

  private static void assertGolden(String name, WireEntry entry) throws IOException {
    assertDecodes(name, entry);
    String written = HexFormat.of().formatHex(EntryFormat.encode("product:42", entry));
    assertThat(written).isEqualTo(golden(name));
  }

  private static void assertDecodes(String name, WireEntry entry) throws IOException {
    assertSame(EntryFormat.decode("product:42", HexFormat.of().parseHex(golden(name))), entry);
  }

  private static String golden(String name) throws IOException {
    try (InputStream in = EntryFormatTest.class.getResourceAsStream("v1-" + name + ".hex")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }

  private static void assertSame(WireEntry actual, WireEntry expected) {
    assertThat(actual).isNotNull();
    assertThat(actual.payload()).isEqualTo(expected.payload());
    assertThat(withoutPayload(actual)).isEqualTo(withoutPayload(expected));
  }

  private static WireEntry withoutPayload(WireEntry e) {
    return new WireEntry(
        e.sequence(),
        e.controlSequence(),
        e.createdMillis(),
        e.freshMillis(),
        e.staleMillis(),
        e.staleOnErrorMillis(),
        e.loadCostMicros(),
        e.codecId(),
        e.negative(),
        e.etag(),
        e.lastModifiedMillis(),
        e.tags(),
        e.schema(),
        null);
  }
}
