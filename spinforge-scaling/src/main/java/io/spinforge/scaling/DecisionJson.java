package io.spinforge.scaling;

import org.jspecify.annotations.Nullable;

/** The JSON behind {@link Decision#toJson()}: the record's fields in their order. */
final class DecisionJson {
  private DecisionJson() {}

  static String of(Decision d) {
    Json json = new Json().begin('{');
    json.name("scaler").value(d.scaler());
    json.name("sequence").value(d.sequence());
    json.name("time").value(d.time().toString());
    json.name("zone").value(d.zone().toString());
    json.name("mode").value(d.mode().name());
    json.name("current").value(d.current());
    json.name("ready").value(d.ready());
    json.name("starting").value(d.starting());
    json.name("demand").value(d.demand());
    json.name("quality").value(d.quality().name());
    json.name("proposals").begin('[');
    d.proposals().forEach(proposal -> proposal(json, proposal));
    json.end(']');
    json.name("forecast");
    forecast(json, d.forecast());
    json.name("raw").value(d.raw());
    json.name("stabilized").value(d.stabilized());
    json.name("rateLimited").value(d.rateLimited());
    json.name("clamped").value(d.clamped());
    json.name("desired").value(d.desired());
    json.name("constraint").value(d.constraint().name());
    json.name("detail").value(d.detail());
    json.name("applied");
    applied(json, d.applied());
    json.name("fence");
    if (d.fence().isPresent()) {
      json.value(d.fence().getAsLong());
    } else {
      json.nothing();
    }
    json.name("digest").value(d.digest());
    return json.end('}').toString();
  }

  private static void proposal(Json json, Proposal p) {
    json.begin('{').name("signal").value(p.signal()).name("replicas");
    if (p.replicas().isPresent()) {
      json.value(p.replicas().getAsInt());
    } else {
      json.nothing();
    }
    json.name("measured").value(p.measured());
    json.name("target").value(p.target());
    json.name("unit").value(p.unit());
    json.name("ratio").value(p.ratio());
    json.name("demand").value(p.demand());
    json.name("quality").value(p.quality().name());
    json.name("reason").value(p.reason()).end('}');
  }

  private static void forecast(Json json, @Nullable Outlook outlook) {
    if (outlook == null) {
      json.nothing();
      return;
    }
    json.begin('{').name("leadSeconds").value(outlook.lead().toSeconds());
    json.name("expected").value(outlook.expected());
    json.name("upper").value(outlook.upper());
    json.name("share").value(outlook.share());
    json.name("capacity").value(outlook.capacity());
    json.name("need").value(outlook.need());
    json.name("keep").value(outlook.keep());
    json.name("proven").value(outlook.proven());
    json.name("censored").value(outlook.censored());
    if (!Double.isNaN(outlook.margin())) {
      json.name("margin").value(outlook.margin());
    }
    json.end('}');
  }

  private static void applied(Json json, @Nullable ApplyResult result) {
    if (result == null) {
      json.nothing();
      return;
    }
    json.begin('{').name("result");
    if (result instanceof ApplyResult.Applied applied) {
      json.value("APPLIED").name("desired").value(applied.desired());
    } else if (result instanceof ApplyResult.Conflict conflict) {
      json.value("CONFLICT").name("detail").value(conflict.detail());
    } else if (result instanceof ApplyResult.Rejected rejected) {
      json.value("REJECTED").name("reason").value(rejected.reason());
    } else if (result instanceof ApplyResult.Unknown unknown) {
      json.value("UNKNOWN").name("reason").value(unknown.reason());
    }
    json.end('}');
  }
}
