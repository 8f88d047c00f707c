package io.spinforge.health.registry.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * An entry as it stands in the store.
 *
 * @param id unique within the service
 * @param owner {@code epoch:nonce:status}
 * @param payload opaque
 */
public record Entry(String id, String owner, String payload) {
  /** Digests are counted modulo this, which a Lua number holds exactly, as it does a sum of two. */
  public static final long MODULUS = 1L << 52;

  /** Puts an owner's text together. */
  public static String owner(long epoch, String nonce, char status) {
    return epoch + ":" + nonce + ":" + status;
  }

  /** Returns the letter after the last colon of the owner; 0 if there is none. */
  public char status() {
    return owner.isEmpty() ? 0 : owner.charAt(owner.length() - 1);
  }

  /** Returns whether the lease has ended, together with too many others' to believe it. */
  public boolean suspect() {
    return Character.isLowerCase(status());
  }

  /** Returns the entry as a suspect, or no longer as one. */
  public Entry suspect(boolean now) {
    char letter = now ? Character.toLowerCase(status()) : Character.toUpperCase(status());
    return new Entry(id, owner.substring(0, owner.length() - 1) + letter, payload);
  }

  /** Returns what stands between the colons of the owner. */
  public String nonce() {
    int first = owner.indexOf(':');
    int last = owner.lastIndexOf(':');
    return first < last ? owner.substring(first + 1, last) : "";
  }

  /** Returns the first 52 bits of the SHA-1 of the three parts; no secret, only a check. */
  public long hash() {
    try {
      byte[] sha1 =
          MessageDigest.getInstance("SHA-1")
              .digest((id + '\n' + owner + '\n' + payload).getBytes(UTF_8));
      return ByteBuffer.wrap(sha1).getLong() >>> 12;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-1 is part of every Java platform", e);
    }
  }
}
