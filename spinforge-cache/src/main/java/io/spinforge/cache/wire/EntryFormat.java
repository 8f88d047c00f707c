package io.spinforge.cache.wire;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Wire format 1. Big endian; varint is LEB128 of a number that is not negative.
 *
 * <pre>
 *  0      2         3       4          12
 *  +------+---------+-------+----------+--------+---------+-------+-------+--------------+
 *  | 5346 | version | flags | sequence | ctlSeq | created | fresh | stale | staleOnError |
 *  | "SF" |   01    |   8   |  8 bytes | varint | varint  | varint| varint|    varint    |
 *  +------+---------+-------+----------+--------+---------+-------+-------+--------------+
 *  | loadCost | codec  | keyHash | etag? | lastModified? | tags?       | schema? |
 *  |  varint  | varint | 4 bytes | text  |    varint     | n, n × text | varint  |
 *  +----------+--------+---------+-------+---------------+-------------+---------+
 *  | extensions? | length? | payload? | crc32c  |
 *  |    block    | varint  |  block   | 4 bytes |
 *  +-------------+---------+----------+---------+
 * </pre>
 *
 * <p>Block: varint length and so many bytes; text: a block of UTF-8. {@code created} and {@code
 * lastModified}: ms since 2024-01-01. {@code fresh}, {@code stale}, {@code staleOnError}: ms, one
 * phase after the other. {@code loadCost}: µs. {@code keyHash}: CRC32C of the key, so that a value
 * copied under another key is not believed. Without payload the null flag is set; compressed, the
 * inflated length stands before it. Unknown extensions are passed over. The checksum (CRC32C, RFC
 * 3720) covers everything before it. The sequence stands at a fixed place because a script reads
 * it.
 *
 * <p>What is not exactly this is no entry: {@link #decode} never throws and never guesses.
 */
public final class EntryFormat {
  static final int MAGIC = 0x5346;
  static final int VERSION = 1;
  private static final int NULL = 1;
  private static final int COMPRESSED = 2;
  static final int ETAG = 4;
  static final int TAGS = 8;
  static final int LAST_MODIFIED = 16;
  private static final int NEGATIVE = 32;
  private static final int SCHEMA = 64;
  private static final int EXTENSIONS = 128;
  private static final int HEAD = 72; // what stands around the payload of a plain entry, at most
  private static final long YEAR_2024 = 1_704_067_200_000L;

  private EntryFormat() {}

  /** Returns the entry's bytes for the key. */
  public static byte[] encode(String key, WireEntry entry) {
    byte[] payload = entry.payload();
    byte[] compressed = null;
    if (payload != null && payload.length > Compression.THRESHOLD) {
      compressed = Compression.compress(payload);
    }
    byte[] stored = compressed != null ? compressed : payload;
    Bytes out = new Bytes(HEAD + (stored == null ? 0 : stored.length));
    out.int8(MAGIC >>> 8);
    out.int8(MAGIC);
    out.int8(VERSION);
    out.int8(flags(entry, compressed != null));
    writeHead(out, key, entry);
    if (payload != null && compressed != null) {
      out.varint(payload.length);
    }
    if (stored != null) {
      out.block(stored);
    }
    out.checksum();
    return out.toArray();
  }

  /** Returns the entry, or null if the bytes are not exactly an entry of this key. */
  public static @Nullable WireEntry decode(String key, byte[] bytes) {
    int end = bytes.length - 4;
    if (end < 0 || crc(bytes, end) != ByteBuffer.wrap(bytes, end, 4).getInt()) {
      return null;
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, 0, end);
    try {
      WireEntry entry = read(key, in);
      return in.hasRemaining() ? null : entry;
    } catch (MalformedEntryException | BufferUnderflowException e) {
      return null;
    }
  }

  private static int flags(WireEntry entry, boolean compressed) {
    return (entry.payload() == null ? NULL : 0)
        | (compressed ? COMPRESSED : 0)
        | (entry.etag() != null ? ETAG : 0)
        | (entry.tags().isEmpty() ? 0 : TAGS)
        | (entry.lastModifiedMillis() >= 0 ? LAST_MODIFIED : 0)
        | (entry.negative() ? NEGATIVE : 0)
        | (entry.schema() != 0 ? SCHEMA : 0);
  }

  private static void writeHead(Bytes out, String key, WireEntry entry) {
    out.int64(entry.sequence());
    out.varint(entry.controlSequence());
    out.varint(Math.max(0, entry.createdMillis() - YEAR_2024));
    out.varint(entry.freshMillis());
    out.varint(entry.staleMillis());
    out.varint(entry.staleOnErrorMillis());
    out.varint(entry.loadCostMicros());
    out.varint(entry.codecId());
    out.int32(keyHash(key));
    if (entry.etag() != null) {
      out.text(entry.etag());
    }
    if (entry.lastModifiedMillis() >= 0) {
      out.varint(Math.max(0, entry.lastModifiedMillis() - YEAR_2024));
    }
    if (!entry.tags().isEmpty()) {
      out.varint(entry.tags().size());
      entry.tags().forEach(out::text);
    }
    if (entry.schema() != 0) {
      out.varint(entry.schema());
    }
  }

  private static WireEntry read(String key, ByteBuffer in) throws MalformedEntryException {
    if (in.getShort() != MAGIC || in.get() != VERSION) {
      throw new MalformedEntryException("magic or version");
    }
    int flags = in.get() & 0xff;
    long sequence = in.getLong();
    long controlSequence = Bytes.readVarint(in);
    long created = millis(in) + YEAR_2024;
    long fresh = millis(in);
    long stale = millis(in);
    long staleOnError = millis(in);
    long loadCost = Bytes.readVarint(in);
    long codec = Bytes.readVarint(in);
    if (sequence < 0 || codec > Integer.MAX_VALUE || in.getInt() != keyHash(key)) {
      throw new MalformedEntryException("sequence, codec or key");
    }
    String etag = has(flags, ETAG) ? Bytes.readText(in) : null;
    long lastModified = has(flags, LAST_MODIFIED) ? millis(in) + YEAR_2024 : -1;
    List<String> tags = has(flags, TAGS) ? readTags(in) : List.of();
    long schema = has(flags, SCHEMA) ? Bytes.readVarint(in) : 0;
    if (has(flags, EXTENSIONS)) {
      Bytes.readBlock(in); // none are known to version 1
    }
    return new WireEntry(
        sequence,
        controlSequence,
        created,
        fresh,
        stale,
        staleOnError,
        loadCost,
        (int) codec,
        has(flags, NEGATIVE),
        etag,
        lastModified,
        tags,
        schema,
        has(flags, NULL) ? null : readPayload(in, has(flags, COMPRESSED)));
  }

  private static byte[] readPayload(ByteBuffer in, boolean compressed)
      throws MalformedEntryException {
    if (!compressed) {
      return Bytes.readBlock(in);
    }
    long length = Bytes.readVarint(in);
    return Compression.inflate(Bytes.readBlock(in), length);
  }

  private static List<String> readTags(ByteBuffer in) throws MalformedEntryException {
    long count = Bytes.readVarint(in);
    if (count > in.remaining()) { // each takes a byte at least
      throw new MalformedEntryException("tags: " + count);
    }
    List<String> tags = new ArrayList<>((int) count);
    for (int i = 0; i < count; i++) {
      tags.add(Bytes.readText(in));
    }
    return tags;
  }

  /** Reads a time in ms: 48 bits, so that sums of them never overflow. */
  private static long millis(ByteBuffer in) throws MalformedEntryException {
    long value = Bytes.readVarint(in);
    if (value >>> 48 != 0) {
      throw new MalformedEntryException("time " + value);
    }
    return value;
  }

  private static boolean has(int flags, int flag) {
    return (flags & flag) != 0;
  }

  static int keyHash(String key) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    return crc(bytes, bytes.length);
  }

  static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
