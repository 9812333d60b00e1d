package io.seatlock.core;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The binary form of commands: a tag that tells the kind, then its fields in declared order. A kind
 * that got a field has a tag for the commands with it and keeps its old one for those without.
 */
final class CommandCodec {

  /** The kinds with their tags; a tag is never reused. */
  private enum Tag {
    OPEN_SESSION(0),
    CLOSE_SESSION(1),
    LOCK(2),
    UNLOCK(3),
    UNLOCK_ALL(4),
    EXTEND(5),
    SALE(6),
    TICK(7),
    RESUME_SESSION(8),
    DETACH_SESSION(9),
    ONCE(10),
    DETACH_NODE(11),
    CHANGE_SETTINGS(12),
    ONCE_ON_CONNECTION(13),
    CLOSE_SESSION_ON_CONNECTION(14),
    ONCE_BEYOND_LIMIT(15);

    final int code;

    Tag(int code) {
      this.code = code;
    }
  }

  private CommandCodec() {}

  static byte[] toBytes(Command command) {
    BinaryWriter out = new BinaryWriter();
    write(command, out);
    return out.toBytes();
  }

  static void write(Command command, BinaryWriter out) {
    if (command instanceof Command.Lock lock) {
      out.number(Tag.LOCK.code);
      out.name(lock.holder());
      out.texts(lock.seats());
    } else if (command instanceof Command.Unlock unlock) {
      out.number(Tag.UNLOCK.code);
      out.name(unlock.holder());
      out.texts(unlock.seats());
    } else if (command instanceof Command.Sale sale) {
      out.number(Tag.SALE.code);
      write(sale, out);
    } else if (command instanceof Command.OpenSession open) {
      out.number(Tag.OPEN_SESSION.code);
      out.name(open.holder());
      out.optionalText(open.credential());
      out.optionalName(open.connection());
    } else if (command instanceof Command.ResumeSession resume) {
      out.number(Tag.RESUME_SESSION.code);
      out.name(resume.holder());
      out.text(resume.credential());
      out.name(resume.connection());
    } else if (command instanceof Command.DetachSession detach) {
      out.number(Tag.DETACH_SESSION.code);
      out.name(detach.holder());
      out.name(detach.connection());
    } else if (command instanceof Command.DetachNode detach) {
      out.number(Tag.DETACH_NODE.code);
      out.name(detach.node());
    } else if (command instanceof Command.Once once) {
      write(once, out);
    } else if (command instanceof Command.CloseSession close) {
      String connection = close.connection();
      out.number((connection == null ? Tag.CLOSE_SESSION : Tag.CLOSE_SESSION_ON_CONNECTION).code);
      out.name(close.holder());
      if (connection != null) {
        out.name(connection);
      }
    } else if (command instanceof Command.UnlockAll all) {
      out.number(Tag.UNLOCK_ALL.code);
      out.name(all.holder());
    } else if (command instanceof Command.Extend extend) {
      out.number(Tag.EXTEND.code);
      out.name(extend.holder());
    } else if (command instanceof Command.ChangeSettings change) {
      out.number(Tag.CHANGE_SETTINGS.code);
      write(change.settings(), out);
    } else if (command instanceof Command.Tick) {
      out.number(Tag.TICK.code);
    } else {
      throw new AssertionError("no binary form for " + command);
    }
  }

  static Command fromBytes(byte[] bytes) {
    return BinaryReader.readWhole(bytes, "command", CommandCodec::read);
  }

  static List<Command> allFromBytes(byte[] bytes) {
    return BinaryReader.readAll(bytes, "command", CommandCodec::read);
  }

  private static Command read(BinaryReader in) {
    return switch (in.code(Tag.values(), tag -> tag.code)) {
      case OPEN_SESSION -> new Command.OpenSession(in.name(), in.optionalText(), in.optionalName());
      case CLOSE_SESSION -> new Command.CloseSession(in.name());
      case CLOSE_SESSION_ON_CONNECTION -> new Command.CloseSession(in.name(), in.name());
      case LOCK -> new Command.Lock(in.name(), in.texts());
      case UNLOCK -> new Command.Unlock(in.name(), in.texts());
      case UNLOCK_ALL -> new Command.UnlockAll(in.name());
      case EXTEND -> new Command.Extend(in.name());
      case SALE -> readSale(in);
      case TICK -> new Command.Tick();
      case RESUME_SESSION -> new Command.ResumeSession(in.name(), in.text(), in.name());
      case DETACH_SESSION -> new Command.DetachSession(in.name(), in.name());
      case DETACH_NODE -> new Command.DetachNode(in.name());
      case CHANGE_SETTINGS -> new Command.ChangeSettings(readSettings(in));
      case ONCE -> new Command.Once(in.name(), in.text(), read(in));
      case ONCE_ON_CONNECTION -> readOnceOnConnection(in);
      case ONCE_BEYOND_LIMIT -> readOnceBeyondLimit(in);
    };
  }

  private static void write(Command.Once once, BinaryWriter out) {
    String connection = once.connection();
    if (once.beyondLimit()) {
      out.number(Tag.ONCE_BEYOND_LIMIT.code);
      out.optionalName(connection);
    } else if (connection != null) {
      out.number(Tag.ONCE_ON_CONNECTION.code);
      out.name(connection);
    } else {
      out.number(Tag.ONCE.code);
    }
    out.name(once.holder());
    out.text(once.id());
    write(once.action(), out);
  }

  private static Command.Once readOnceOnConnection(BinaryReader in) {
    String connection = in.name();
    return new Command.Once(in.name(), in.text(), read(in), connection);
  }

  private static Command.Once readOnceBeyondLimit(BinaryReader in) {
    String connection = in.optionalName();
    return new Command.Once(in.name(), in.text(), read(in), connection, true);
  }

  private static void write(Command.Sale sale, BinaryWriter out) {
    out.number(sale.action().code);
    out.texts(sale.seats());
    out.optionalName(sale.author());
    out.optionalName(sale.heldBy());
    out.optionalNumber(millis(sale.due()));
    out.optionalText(sale.ref());
    out.optionalText(sale.reason());
  }

  private static Command.Sale readSale(BinaryReader in) {
    return new Command.Sale(
        in.code(Command.Sale.Action.values(), action -> action.code),
        in.texts(),
        in.optionalName(),
        in.optionalName(),
        instant(in.optionalNumber()),
        in.optionalText(),
        in.optionalText());
  }

  static void write(ShowSettings settings, BinaryWriter out) {
    out.number(settings.timeLimit().toMillis());
    out.number(settings.maxTime().toMillis());
    out.number(settings.maxLocks());
    out.number(settings.grace().toMillis());
    out.number(settings.warnBefore().toMillis());
  }

  static ShowSettings readSettings(BinaryReader in) {
    return new ShowSettings(
        Duration.ofMillis(in.number()),
        Duration.ofMillis(in.number()),
        Math.toIntExact(Math.min(in.number(), Integer.MAX_VALUE)),
        Duration.ofMillis(in.number()),
        Duration.ofMillis(in.number()));
  }

  static @Nullable Long millis(@Nullable Instant instant) {
    return instant == null ? null : (Long) instant.toEpochMilli();
  }

  static @Nullable Instant instant(@Nullable Long millis) {
    return millis == null ? null : Instant.ofEpochMilli(millis);
  }
}
