package io.seatlock.core;

import java.util.List;

/**
 * The binary form of snapshots. Version 2 has a version of its own before the rules, the seats and
 * the sessions, so that each of them can get a field; version 1 has the first form of each.
 */
final class SnapshotCodec {

  private static final int VERSION = 2;
  private static final int SEATS_VERSION = 1;
  private static final int SESSIONS_VERSION = 1;

  private SnapshotCodec() {}

  static byte[] toBytes(Snapshot snapshot) {
    BinaryWriter out = new BinaryWriter(VERSION);
    SettingsCodec.write(snapshot.settings(), out);
    out.flag(snapshot.seatsKnown());
    out.number(snapshot.seq());
    out.number(snapshot.at());
    out.number(SEATS_VERSION);
    out.number(snapshot.seats().size());
    snapshot.seats().forEach(seat -> write(seat, out));
    out.number(SESSIONS_VERSION);
    out.number(snapshot.sessions().size());
    snapshot.sessions().forEach(session -> write(session, out));
    return out.toBytes();
  }

  private static void write(Snapshot.Seat seat, BinaryWriter out) {
    out.text(seat.id());
    out.number(seat.status().code);
    out.optionalNumber(Times.millis(seat.due()));
    out.optionalText(seat.ref());
  }

  private static void write(Snapshot.Session session, BinaryWriter out) {
    out.text(session.holder());
    out.texts(session.locks());
    out.number(session.lockedSince());
    out.number(session.deadline());
    out.flag(session.warned());
    out.optionalText(session.credential());
    out.optionalText(session.connection());
    out.number(session.graceEnd());
    out.number(session.answers().size());
    for (Snapshot.Answer answer : session.answers()) {
      out.text(answer.id());
      out.number(answer.fingerprint());
      ResultCodec.write(answer.result(), out);
    }
  }

  static Snapshot fromBytes(byte[] bytes) {
    return BinaryReader.readWhole(bytes, "snapshot", VERSION, SnapshotCodec::read);
  }

  private static Snapshot read(BinaryReader in, int version) {
    boolean versioned = version > 1;
    ShowSettings settings = versioned ? SettingsCodec.read(in) : SettingsCodec.readFirst(in);
    boolean seatsKnown = in.flag();
    long seq = in.number();
    long at = in.number();
    if (versioned) {
      in.version("seats", SEATS_VERSION);
    }
    List<Snapshot.Seat> seats = in.list(SnapshotCodec::readSeat);
    if (versioned) {
      in.version("sessions", SESSIONS_VERSION);
    }
    List<Snapshot.Session> sessions = in.list(SnapshotCodec::readSession);
    return new Snapshot(settings, seatsKnown, seq, at, seats, sessions);
  }

  private static Snapshot.Seat readSeat(BinaryReader in) {
    return new Snapshot.Seat(
        in.text(),
        in.code(SeatStatus.values(), status -> status.code),
        Times.instant(in.optionalNumber()),
        in.optionalText());
  }

  private static Snapshot.Session readSession(BinaryReader in) {
    return new Snapshot.Session(
        in.text(),
        in.texts(),
        in.number(),
        in.number(),
        in.flag(),
        in.optionalText(),
        in.optionalText(),
        in.number(),
        in.list(i -> new Snapshot.Answer(i.text(), i.number(), ResultCodec.read(i))));
  }
}
