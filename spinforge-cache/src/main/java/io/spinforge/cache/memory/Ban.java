package io.spinforge.cache.memory;

import java.util.List;
import java.util.Set;

/** What a record of the control log condemns: entries that are older than it, and match. */
public sealed interface Ban {
  /** Tells whether an entry is meant. */
  boolean matches(String cache, String key, List<String> tags);

  /** Entries of any cache with one of the tags; the tag {@code *} means every entry. */
  record Tagged(Set<String> tags) implements Ban {
    /** Means all, whether or not they have a tag. */
    public static final String ALL = "*";

    /** Copies the tags. */
    public Tagged {
      tags = Set.copyOf(tags);
    }

    @Override
    public boolean matches(String cache, String key, List<String> itsTags) {
      for (int i = 0; i < itsTags.size(); i++) {
        if (tags.contains(itsTags.get(i))) {
          return true;
        }
      }
      return tags.contains(ALL);
    }
  }

  /** Entries of a cache whose keys match. */
  record Matching(String cache, Glob glob) implements Ban {
    @Override
    public boolean matches(String itsCache, String key, List<String> tags) {
      return cache.equals(itsCache) && glob.matches(key);
    }
  }

  /** Every entry of a cache. */
  record Whole(String cache) implements Ban {
    @Override
    public boolean matches(String itsCache, String key, List<String> tags) {
      return cache.equals(itsCache);
    }
  }
}
