package io.spinforge.cache.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing big-endian buffer to write to, and checked reading of one. */
final class Bytes {
  private byte[] array;
  private int size;

  /** Creates a buffer that grows only beyond so many bytes. */
  Bytes(int expected) {
    array = new byte[expected];
  }

  void int8(int value) {
    reserve(1);
    array[size++] = (byte) value;
  }

  void int32(int value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      int8(value >>> shift);
    }
  }

  void int64(long value) {
    int32((int) (value >>> 32));
    int32((int) value);
  }

  /** Writes a LEB128 varint of a number that is not negative. */
  void varint(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("varint: " + value + " (expected: >= 0)");
    }
    long rest = value;
    while (rest >= 0x80) {
      int8(((int) rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    int8((int) rest);
  }

  void block(byte[] bytes) {
    varint(bytes.length);
    reserve(bytes.length);
    System.arraycopy(bytes, 0, array, size, bytes.length);
    size += bytes.length;
  }

  void text(String text) {
    block(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes the CRC32C of everything before it. */
  void checksum() {
    int32(EntryFormat.crc(array, size));
  }

  byte[] toArray() {
    return Arrays.copyOf(array, size);
  }

  private void reserve(int more) {
    if (array.length - size < more) {
      array = Arrays.copyOf(array, Math.max(array.length * 2, size + more));
    }
  }

  static long readVarint(ByteBuffer in) throws MalformedEntryException {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      if (!in.hasRemaining()) {
        throw new MalformedEntryException("varint cut short");
      }
      int b = in.get();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new MalformedEntryException("varint too long");
  }

  static byte[] readBlock(ByteBuffer in) throws MalformedEntryException {
    long length = readVarint(in);
    if (length > in.remaining()) {
      throw new MalformedEntryException("block of " + length + " bytes cut short");
    }
    byte[] bytes = new byte[(int) length];
    in.get(bytes);
    return bytes;
  }

  static String readText(ByteBuffer in) throws MalformedEntryException {
    byte[] bytes = readBlock(in);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedEntryException("text is not UTF-8");
    }
  }
}
