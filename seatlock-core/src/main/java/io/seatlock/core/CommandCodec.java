package io.seatlock.core;

import java.util.List;

/**
 * The binary form of commands: the tag of the kind, then the fields in declared order. A kind that
 * got a field has a further tag for the commands with it and keeps its own for those without.
 */
final class CommandCodec {

  /** The version of one command alone. */
  static final int ALONE = 1;

  /** The version of several commands, in which each name is written once. */
  static final int WITH_NAMES = 2;

  // Further tags; like those of the kinds they are never reused.
  private static final int ONCE_ON_CONNECTION = 13;
  private static final int CLOSE_SESSION_ON_CONNECTION = 14;
  private static final int ONCE_BEYOND_LIMIT = 15;
  private static final int CHANGE_VERSIONED_SETTINGS = 16;

  private CommandCodec() {}

  static byte[] toBytes(Command command) {
    BinaryWriter out = new BinaryWriter(ALONE);
    write(command, out);
    return out.toBytes();
  }

  static void write(Command command, BinaryWriter out) {
    switch (command.kind()) {
      case LOCK -> {
        Command.Lock lock = (Command.Lock) command;
        out.number(CommandKind.LOCK.tag);
        out.name(lock.holder());
        out.texts(lock.seats());
      }
      case UNLOCK -> {
        Command.Unlock unlock = (Command.Unlock) command;
        out.number(CommandKind.UNLOCK.tag);
        out.name(unlock.holder());
        out.texts(unlock.seats());
      }
      case SALE -> {
        out.number(CommandKind.SALE.tag);
        write((Command.Sale) command, out);
      }
      case OPEN_SESSION -> {
        Command.OpenSession open = (Command.OpenSession) command;
        out.number(CommandKind.OPEN_SESSION.tag);
        out.name(open.holder());
        out.optionalText(open.credential());
        out.optionalName(open.connection());
      }
      case RESUME_SESSION -> {
        Command.ResumeSession resume = (Command.ResumeSession) command;
        out.number(CommandKind.RESUME_SESSION.tag);
        out.name(resume.holder());
        out.text(resume.credential());
        out.name(resume.connection());
      }
      case DETACH_SESSION -> {
        Command.DetachSession detach = (Command.DetachSession) command;
        out.number(CommandKind.DETACH_SESSION.tag);
        out.name(detach.holder());
        out.name(detach.connection());
      }
      case DETACH_NODE -> {
        out.number(CommandKind.DETACH_NODE.tag);
        out.name(((Command.DetachNode) command).node());
      }
      case ONCE -> write((Command.Once) command, out);
      case CLOSE_SESSION -> write((Command.CloseSession) command, out);
      case UNLOCK_ALL -> {
        out.number(CommandKind.UNLOCK_ALL.tag);
        out.name(((Command.UnlockAll) command).holder());
      }
      case EXTEND -> {
        out.number(CommandKind.EXTEND.tag);
        out.name(((Command.Extend) command).holder());
      }
      case CHANGE_SETTINGS -> {
        out.number(CHANGE_VERSIONED_SETTINGS);
        SettingsCodec.write(((Command.ChangeSettings) command).settings(), out);
      }
      case TICK -> out.number(CommandKind.TICK.tag);
    }
  }

  static Command fromBytes(byte[] bytes) {
    return BinaryReader.readWhole(bytes, "command", ALONE, (in, version) -> read(in));
  }

  /** Reads several commands, or one alone. */
  static List<Command> allFromBytes(byte[] bytes) {
    return bytes.length > 0 && bytes[0] == ALONE
        ? List.of(fromBytes(bytes))
        : BinaryReader.readAll(bytes, "command", WITH_NAMES, CommandCodec::read);
  }

  private static Command read(BinaryReader in) {
    long tag = in.number();
    if (tag == ONCE_ON_CONNECTION) {
      return readOnceOnConnection(in);
    } else if (tag == CLOSE_SESSION_ON_CONNECTION) {
      return new Command.CloseSession(in.name(), in.name());
    } else if (tag == ONCE_BEYOND_LIMIT) {
      return readOnceBeyondLimit(in);
    } else if (tag == CHANGE_VERSIONED_SETTINGS) {
      return new Command.ChangeSettings(SettingsCodec.read(in));
    }
    return switch (in.valueOf(tag, CommandKind.values(), kind -> kind.tag)) {
      case OPEN_SESSION -> new Command.OpenSession(in.name(), in.optionalText(), in.optionalName());
      case CLOSE_SESSION -> new Command.CloseSession(in.name());
      case LOCK -> new Command.Lock(in.name(), in.texts());
      case UNLOCK -> new Command.Unlock(in.name(), in.texts());
      case UNLOCK_ALL -> new Command.UnlockAll(in.name());
      case EXTEND -> new Command.Extend(in.name());
      case SALE -> readSale(in);
      case TICK -> new Command.Tick();
      case RESUME_SESSION -> new Command.ResumeSession(in.name(), in.text(), in.name());
      case DETACH_SESSION -> new Command.DetachSession(in.name(), in.name());
      case DETACH_NODE -> new Command.DetachNode(in.name());
      case CHANGE_SETTINGS -> new Command.ChangeSettings(SettingsCodec.readFirst(in));
      case ONCE -> new Command.Once(in.name(), in.text(), read(in));
    };
  }

  private static void write(Command.CloseSession close, BinaryWriter out) {
    String connection = close.connection();
    out.number(connection == null ? CommandKind.CLOSE_SESSION.tag : CLOSE_SESSION_ON_CONNECTION);
    out.name(close.holder());
    if (connection != null) {
      out.name(connection);
    }
  }

  private static void write(Command.Once once, BinaryWriter out) {
    String connection = once.connection();
    if (once.beyondLimit()) {
      out.number(ONCE_BEYOND_LIMIT);
      out.optionalName(connection);
    } else if (connection != null) {
      out.number(ONCE_ON_CONNECTION);
      out.name(connection);
    } else {
      out.number(CommandKind.ONCE.tag);
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
    out.optionalNumber(Times.millis(sale.due()));
    out.optionalText(sale.ref());
    out.optionalText(sale.reason());
  }

  private static Command.Sale readSale(BinaryReader in) {
    return new Command.Sale(
        in.code(Command.Sale.Action.values(), action -> action.code),
        in.texts(),
        in.optionalName(),
        in.optionalName(),
        Times.instant(in.optionalNumber()),
        in.optionalText(),
        in.optionalText());
  }
}
