package io.spinforge.metrics.doctor;

import java.util.Map;

/** Reads the options of a MongoDB connection string, and the driver's defaults for the others. */
final class MongoFacts {
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "maxPoolSize", "100",
          "minPoolSize", "0",
          "maxIdleTimeMS", "0",
          "socketTimeoutMS", "0",
          "serverSelectionTimeoutMS", "30000",
          "w", "majority");

  private MongoFacts() {}

  static Facts of(String connectionString) {
    // No user, no password, no host in the report: only that it is this pool.
    Facts facts = new Facts("mongodb");
    DEFAULTS.forEach((option, value) -> facts.put("mongo." + option, value, "default"));
    Urls.parameters(connectionString)
        .forEach(
            (option, value) ->
                DEFAULTS.keySet().stream()
                    .filter(option::equalsIgnoreCase)
                    .forEach(known -> facts.put("mongo." + known, value, "connection string")));
    return facts;
  }
}
