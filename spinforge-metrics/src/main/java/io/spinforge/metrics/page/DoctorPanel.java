package io.spinforge.metrics.page;

import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a doctor found, with the lines that mend it. */
final class DoctorPanel implements Panel {
  private static final int MOST = 12;

  private final @Nullable Supplier<? extends @Nullable List<Remark>> doctor;
  private boolean examined;
  private List<Remark> remarks = List.of();

  /**
   * Creates a panel.
   *
   * @param doctor null if there is none
   */
  DoctorPanel(@Nullable Supplier<? extends @Nullable List<Remark>> doctor) {
    this.doctor = doctor;
  }

  @Override
  public String id() {
    return "doctor";
  }

  @Override
  public String title() {
    return "Doctor";
  }

  @Override
  public void sample() {
    if (doctor == null) {
      return;
    }
    List<Remark> found = doctor.get();
    examined = found != null;
    if (found != null) {
      remarks = found.stream().sorted(Comparator.comparing(Remark::level).reversed()).toList();
    }
  }

  @Override
  public List<Reason> reasons() {
    long critical = remarks.stream().filter(r -> r.level() == Level.CRITICAL).count();
    if (critical == 0) {
      return List.of();
    }
    String first = remarks.get(0).what();
    String text = critical == 1 ? first : first + ", and " + (critical - 1) + " more like it";
    return List.of(new Reason(Level.WARN, "doctor: " + text, id()));
  }

  @Override
  public void render(Html out) {
    if (doctor == null) {
      out.empty("No doctor is asked. Dashboard.builder(metrics).doctor(...)");
      return;
    }
    if (!examined) {
      out.empty("Nothing was examined yet.");
      return;
    }
    if (remarks.isEmpty()) {
      out.empty("Nothing to mend.");
      return;
    }
    out.raw("<ul class=\"remarks\">");
    for (Remark remark : remarks.subList(0, Math.min(MOST, remarks.size()))) {
      out.raw("<li>").badge(remark.level(), remark.level().word()).raw("<div><b>");
      out.shortText(remark.what(), 160).raw("</b> <span class=\"family\">");
      out.shortText(remark.family(), 30).raw("</span><p>expected ");
      out.shortText(remark.expected(), 160).raw(": ").shortText(remark.why(), 300).raw("</p>");
      if (!remark.fix().isEmpty()) {
        out.raw("<p class=\"fix\"><code tabindex=\"0\">").shortText(remark.fix(), 300);
        out.raw("</code><button type=\"button\" class=\"copy\">copy</button></p>");
      }
      out.element("small", "source", remark.source()).raw("</div></li>");
    }
    out.raw("</ul>");
    if (remarks.size() > MOST) {
      out.element("p", "more", "and " + (remarks.size() - MOST) + " more, none of them worse");
    }
  }
}
