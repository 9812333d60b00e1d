package io.seatlock.core;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The binary form of results, as part of a snapshot. */
final class ResultCodec {

  private static final int GRANTED = 0;
  private static final int REFUSED = 1;

  private ResultCodec() {}

  static void write(Result result, BinaryWriter out) {
    if (result instanceof Result.Granted granted) {
      out.number(GRANTED);
      out.number(granted.seq());
      out.texts(granted.seats());
      Change change = granted.change();
      out.optionalNumber(change == null ? null : (Long) (long) change.code);
      out.number(granted.expiresInMillis());
    } else if (result instanceof Result.Refused refused) {
      out.number(REFUSED);
      out.number(refused.reason().code);
      out.number(refused.seats().size());
      refused
          .seats()
          .forEach(
              (seat, reason) -> {
                out.text(seat);
                out.number(reason.code);
              });
    } else {
      throw new AssertionError("no binary form for " + result);
    }
  }

  static Result read(BinaryReader in) {
    long tag = in.number();
    if (tag == GRANTED) {
      return new Result.Granted(in.number(), in.texts(), readChange(in), in.number());
    }
    if (tag == REFUSED) {
      Reason reason = readReason(in);
      List<Map.Entry<String, Reason>> entries = in.list(i -> Map.entry(i.text(), readReason(i)));
      Map<String, Reason> seats = new LinkedHashMap<>();
      entries.forEach(entry -> seats.put(entry.getKey(), entry.getValue()));
      return new Result.Refused(reason, Collections.unmodifiableMap(seats));
    }
    throw in.damaged("the unknown result " + tag);
  }

  private static @Nullable Change readChange(BinaryReader in) {
    return in.flag() ? in.code(Change.values(), change -> change.code) : null;
  }

  private static Reason readReason(BinaryReader in) {
    return in.code(Reason.values(), reason -> reason.code);
  }
}
