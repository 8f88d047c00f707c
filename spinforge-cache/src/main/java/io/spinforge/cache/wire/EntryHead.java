package io.spinforge.cache.wire;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the first bytes of an entry tell: enough to know what condemns it.
 *
 * @param controlSequence the control log's sequence at the start of its load
 * @param tags its tags, or the first ones if the bytes end within them
 * @param length how many bytes say that; another entry of the key with the same ones is condemned
 *     alike
 */
public record EntryHead(long controlSequence, List<String> tags, int length) {

  /** Copies the tags. */
  public EntryHead {
    tags = List.copyOf(tags);
  }

  /** Reads the head of a key's entry; null if the bytes do not begin one. */
  public static @Nullable EntryHead read(String key, byte[] start) {
    ByteBuffer in = ByteBuffer.wrap(start);
    try {
      if (in.getShort() != EntryFormat.MAGIC || in.get() != EntryFormat.VERSION) {
        return null;
      }
      int flags = in.get() & 0xff;
      in.getLong();
      long controlSequence = Bytes.readVarint(in);
      for (int i = 0; i < 6; i++) { // created, three lifetimes, cost, codec
        Bytes.readVarint(in);
      }
      if (in.getInt() != EntryFormat.keyHash(key)) {
        return null;
      }
      return new EntryHead(controlSequence, tags(flags, in), in.position());
    } catch (MalformedEntryException | BufferUnderflowException e) {
      return null;
    }
  }

  private static List<String> tags(int flags, ByteBuffer in) {
    List<String> tags = new ArrayList<>();
    int whole = in.position();
    try {
      if ((flags & EntryFormat.ETAG) != 0) {
        Bytes.readText(in);
      }
      if ((flags & EntryFormat.LAST_MODIFIED) != 0) {
        Bytes.readVarint(in);
      }
      whole = in.position();
      long count = (flags & EntryFormat.TAGS) == 0 ? 0 : Bytes.readVarint(in);
      for (int i = 0; i < count; i++) {
        tags.add(Bytes.readText(in));
        whole = in.position();
      }
    } catch (MalformedEntryException e) { // the bytes end within a tag
      in.position(whole);
    }
    return tags;
  }
}
