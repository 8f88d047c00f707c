package io.spinforge.cache.wire;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** Deflate (RFC 1951) at level 6, without zlib's own header: the entry has a checksum already. */
final class Compression {
  /** Values above this many bytes are compressed. */
  static final int THRESHOLD = 1024;

  /** No entry inflates to more than this: a bound against crafted bytes. */
  static final int LARGEST = 512 << 20;

  private static final int LEVEL = 6;

  private Compression() {}

  /** Returns the bytes compressed, or null if that does not make them shorter. */
  static byte @Nullable [] compress(byte[] bytes) {
    Deflater deflater = new Deflater(LEVEL, true);
    try {
      deflater.setInput(bytes);
      deflater.finish();
      byte[] out = new byte[bytes.length - 1];
      int length = deflater.deflate(out);
      return deflater.finished() ? Arrays.copyOf(out, length) : null;
    } finally {
      deflater.end();
    }
  }

  static byte[] inflate(byte[] bytes, long length) throws MalformedEntryException {
    // Deflate makes at most 1032 bytes of one.
    if (length > LARGEST || length > bytes.length * 1032L + 64) {
      throw new MalformedEntryException("inflated length " + length);
    }
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(bytes);
      byte[] out = new byte[(int) length];
      int written = inflater.inflate(out);
      if (written != length || inflater.inflate(new byte[1]) != 0 || !inflater.finished()) {
        throw new MalformedEntryException("inflated to another length");
      }
      return out;
    } catch (DataFormatException e) {
      throw new MalformedEntryException("not deflated");
    } finally {
      inflater.end();
    }
  }
}
