package io.seatlock.core;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants to happen in a show. Commands are values: checked when they are made, safe to
 * share, to keep and to replay. An action on several seats is all or nothing.
 */
public sealed interface Command {

  /** Which of the kinds of commands this is. */
  CommandKind kind();

  /** This command in the compact binary form that {@link #fromBytes} reads. */
  default byte[] toBytes() {
    return CommandCodec.toBytes(this);
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws IllegalArgumentException if the bytes are damaged or of an unknown version
   */
  static Command fromBytes(byte[] bytes) {
    return CommandCodec.fromBytes(bytes);
  }

  /**
   * Reserves seats, whether they are available or locked by anyone.
   *
   * @throws IllegalArgumentException if no seat is named, one is named twice or is ill-formed
   */
  static Sale reserve(String... seats) {
    return Sale.of(Sale.Action.RESERVE, seats);
  }

  /** Makes reserved seats available. Throws as {@link #reserve} does. */
  static Sale unreserve(String... seats) {
    return Sale.of(Sale.Action.UNRESERVE, seats);
  }

  /** Marks seats paid that are available, locked by anyone or reserved. Throws as reserve does. */
  static Sale pay(String... seats) {
    return Sale.of(Sale.Action.PAY, seats);
  }

  /** Makes paid seats available. Throws as {@link #reserve} does. */
  static Sale unpay(String... seats) {
    return Sale.of(Sale.Action.UNPAY, seats);
  }

  /** Makes seats available that are reserved or paid. Throws as {@link #reserve} does. */
  static Sale revoke(String... seats) {
    return Sale.of(Sale.Action.REVOKE, seats);
  }

  /** Withdraws available seats from sale. Throws as {@link #reserve} does. */
  static Sale block(String... seats) {
    return Sale.of(Sale.Action.BLOCK, seats);
  }

  /** Puts blocked seats on sale again. Throws as {@link #reserve} does. */
  static Sale unblock(String... seats) {
    return Sale.of(Sale.Action.UNBLOCK, seats);
  }

  /**
   * Opens a session, which may then hold locks.
   *
   * @param holder the public holder id of the new session
   * @param credential what must be given to resume the session: not its secret token but a digest
   *     of it, since commands are kept; null for a session that cannot be resumed
   * @param connection names the connection that the session begins on; null if it has none
   */
  record OpenSession(String holder, @Nullable String credential, @Nullable String connection)
      implements Command {
    /** Checks the holder id. */
    public OpenSession {
      Ids.check("holder id", holder);
    }

    @Override
    public CommandKind kind() {
      return CommandKind.OPEN_SESSION;
    }

    /** A session that lasts until it is closed. */
    public OpenSession(String holder) {
      this(holder, null, null);
    }
  }

  /**
   * Takes a session to another connection, whether it has one or lost it. Refused with {@link
   * Reason#NO_SESSION} if there is no such session or the credential is another one.
   *
   * @param holder the session's public holder id
   * @param credential what was given when the session was opened
   * @param connection names the new connection
   */
  record ResumeSession(String holder, String credential, String connection) implements Command {
    /** Checks that nothing is null. */
    public ResumeSession {
      Objects.requireNonNull(holder, "holder");
      Objects.requireNonNull(credential, "credential");
      Objects.requireNonNull(connection, "connection");
    }

    @Override
    public CommandKind kind() {
      return CommandKind.RESUME_SESSION;
    }
  }

  /**
   * The session's connection is gone: unless it is resumed within the show's grace, it ends; at
   * once if it cannot be resumed. Does nothing if the session is on another connection by now.
   *
   * @param holder the session's public holder id
   * @param connection the connection that is gone
   */
  record DetachSession(String holder, String connection) implements Command {
    /** Checks that nothing is null. */
    public DetachSession {
      Objects.requireNonNull(holder, "holder");
      Objects.requireNonNull(connection, "connection");
    }

    @Override
    public CommandKind kind() {
      return CommandKind.DETACH_SESSION;
    }
  }

  /**
   * A node has ended, and with it every connection whose name begins with its name and a slash. Of
   * their sessions those that can be resumed wait for that, as after {@link DetachSession}; the
   * others end.
   *
   * @param node the name of the node
   */
  record DetachNode(String node) implements Command {
    /** Checks that there is a name. */
    public DetachNode {
      if (node.isEmpty()) {
        throw new IllegalArgumentException("the node has no name");
      }
    }

    @Override
    public CommandKind kind() {
      return CommandKind.DETACH_NODE;
    }

    /** Whether a connection is one of this node. */
    boolean had(@Nullable String connection) {
      return connection != null && node.equals(nodeOf(connection));
    }

    /** The node of a connection: what is before the slash in its name; null if there is none. */
    static @Nullable String nodeOf(String connection) {
      int slash = connection.indexOf('/');
      return slash < 0 ? null : connection.substring(0, slash);
    }
  }

  /**
   * Does something at most once, however often it is asked: the session remembers the results of
   * its last {@value #REMEMBERED} ids and gives them again. The same id for something else is
   * refused with {@link Reason#ID_REUSED}.
   *
   * @param holder the session's public holder id
   * @param id the request's id, chosen by the client
   * @param action a command of a kind that {@link CommandKind#mayBeAskedOnce}
   * @param connection the connection on which it was asked; if the session is on another one when
   *     this is decided, or on none, it is refused with {@link Reason#NO_SESSION}; null if it was
   *     asked on none
   * @param beyondLimit whether it is refused with {@link Reason#LIMIT_REACHED}, unless it has a
   *     result already; see {@link #asBeyondLimit}
   */
  record Once(
      String holder, String id, Command action, @Nullable String connection, boolean beyondLimit)
      implements Command {
    /** How many ids a session remembers. */
    public static final int REMEMBERED = 256;

    /**
     * Checks the id and the action.
     *
     * @throws IllegalArgumentException if the action is of another kind, if it is beyond a limit
     *     and no lock, or the id has half a surrogate pair
     */
    public Once {
      Objects.requireNonNull(holder, "holder");
      Objects.requireNonNull(id, "id");
      Sale.requireWellFormed("id", id);
      if (!action.kind().mayBeAskedOnce()) {
        throw new IllegalArgumentException(action + " cannot be done at most once");
      }
      if (beyondLimit && !(action instanceof Lock)) {
        throw new IllegalArgumentException(action + " cannot be beyond a limit");
      }
    }

    @Override
    public CommandKind kind() {
      return CommandKind.ONCE;
    }

    /** A request that was asked on this connection, or on none. */
    public Once(String holder, String id, Command action, @Nullable String connection) {
      this(holder, id, action, connection, false);
    }

    /** A request that was asked on no connection. */
    public Once(String holder, String id, Command action) {
      this(holder, id, action, null);
    }

    /**
     * This request to lock, from a client that has reached a limit outside the show. It is still
     * applied, so that the session remembers its refusal.
     */
    public Once asBeyondLimit() {
      return new Once(holder, id, action, connection, true);
    }
  }

  /**
   * Ends a session and releases its locks.
   *
   * @param holder the session's public holder id
   * @param connection the connection on which that was asked; if the session is on another one when
   *     this is decided, or on none, it is refused with {@link Reason#NO_SESSION}; null if it was
   *     asked on none
   */
  record CloseSession(String holder, @Nullable String connection) implements Command {
    /** Checks that there is a holder id; one that belongs to no session is refused later. */
    public CloseSession {
      Objects.requireNonNull(holder, "holder");
    }

    @Override
    public CommandKind kind() {
      return CommandKind.CLOSE_SESSION;
    }

    /** Ends the session wherever it is. */
    public CloseSession(String holder) {
      this(holder, null);
    }
  }

  /**
   * Locks seats for a holder. Seats that it holds already stay as they are.
   *
   * @param holder the public holder id of an open session
   * @param seats at least one seat id, none twice
   */
  record Lock(String holder, List<String> seats) implements Command {
    /** Checks the seat ids; a holder id that belongs to no session is refused later. */
    public Lock {
      Objects.requireNonNull(holder, "holder");
      seats = Ids.checkSeats(seats);
    }

    @Override
    public CommandKind kind() {
      return CommandKind.LOCK;
    }
  }

  /**
   * Ends the holder's locks of these seats.
   *
   * @param holder the public holder id of an open session
   * @param seats at least one seat id, none twice
   */
  record Unlock(String holder, List<String> seats) implements Command {
    /** Checks the seat ids; a holder id that belongs to no session is refused later. */
    public Unlock {
      Objects.requireNonNull(holder, "holder");
      seats = Ids.checkSeats(seats);
    }

    @Override
    public CommandKind kind() {
      return CommandKind.UNLOCK;
    }
  }

  /**
   * Ends all locks of a holder; granted also when it holds none.
   *
   * @param holder the public holder id of an open session
   */
  record UnlockAll(String holder) implements Command {
    /** Checks that there is a holder id; one that belongs to no session is refused later. */
    public UnlockAll {
      Objects.requireNonNull(holder, "holder");
    }

    @Override
    public CommandKind kind() {
      return CommandKind.UNLOCK_ALL;
    }
  }

  /**
   * Restarts the holder's time limit, up to the show's absolute limit since its first lock.
   *
   * @param holder the public holder id of an open session
   */
  record Extend(String holder) implements Command {
    /** Checks that there is a holder id; one that belongs to no session is refused later. */
    public Extend {
      Objects.requireNonNull(holder, "holder");
    }

    @Override
    public CommandKind kind() {
      return CommandKind.EXTEND;
    }
  }

  /**
   * What the ticketing backend does with seats. The state machine does not check who may do it;
   * that is up to the embedding program. Made by {@link #reserve}, {@link #pay} and their like, and
   * refined:
   *
   * <pre>{@code
   * Command.pay("A1", "A2").heldBy(session.holder()).ref("order 17")
   * }</pre>
   *
   * @param action what is to be done
   * @param seats at least one seat id, none twice
   * @param author the holder that is named as the author of the change, or null
   * @param heldBy if not null, the action is refused unless every seat is locked by that holder
   *     now; for reserve and pay
   * @param due if not null, the moment from which the seats are available again, cut to
   *     milliseconds; for reserve
   * @param ref if not null, the order reference kept with the seats, at most 128 characters; for
   *     reserve and pay
   * @param reason if not null, why it is done, at most 128 characters; kept in the command alone,
   *     for readers of the log
   */
  record Sale(
      Action action,
      List<String> seats,
      @Nullable String author,
      @Nullable String heldBy,
      @Nullable Instant due,
      @Nullable String ref,
      @Nullable String reason)
      implements Command {

    private static final int MAX_TEXT = 128;

    /** Checks the seat ids, and that the action can have what it is given. */
    public Sale {
      Objects.requireNonNull(action, "action");
      seats = Ids.checkSeats(seats);
      if (author != null) {
        requireWellFormed("author", author);
      }
      if (heldBy != null) {
        requireOneOf(action, "a holder condition", Action.RESERVE, Action.PAY);
      }
      if (due != null) {
        requireOneOf(action, "a due time", Action.RESERVE, Action.RESERVE);
        due = Instant.ofEpochMilli(requireSince1970(due));
      }
      if (ref != null) {
        requireOneOf(action, "an order reference", Action.RESERVE, Action.PAY);
        requireShort("ref", ref);
      }
      if (reason != null) {
        requireShort("reason", reason);
      }
    }

    @Override
    public CommandKind kind() {
      return CommandKind.SALE;
    }

    private static Sale of(Action action, String... seats) {
      return new Sale(action, List.of(seats), null, null, null, null, null);
    }

    /** This sale with the holder that is its author. */
    public Sale by(@Nullable String author) {
      return new Sale(action, seats, author, heldBy, due, ref, reason);
    }

    /** This sale on condition that the holder has locked every seat when it is decided. */
    public Sale heldBy(@Nullable String holder) {
      return new Sale(action, seats, author, holder, due, ref, reason);
    }

    /** This reservation until a moment. */
    public Sale due(@Nullable Instant due) {
      return new Sale(action, seats, author, heldBy, due, ref, reason);
    }

    /** This sale with an order reference. */
    public Sale ref(@Nullable String ref) {
      return new Sale(action, seats, author, heldBy, due, ref, reason);
    }

    /** This sale with a word why. */
    public Sale because(@Nullable String reason) {
      return new Sale(action, seats, author, heldBy, due, ref, reason);
    }

    private static void requireOneOf(Action action, String what, Action one, Action other) {
      if (action != one && action != other) {
        throw new IllegalArgumentException(action + " cannot have " + what);
      }
    }

    private static long requireSince1970(Instant due) {
      if (due.isBefore(Instant.EPOCH)) {
        throw new IllegalArgumentException("due is before 1970: " + due);
      }
      try {
        return due.toEpochMilli();
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException("due is too far away: " + due, e);
      }
    }

    private static void requireShort(String what, String text) {
      requireWellFormed(what, text);
      if (text.codePointCount(0, text.length()) > MAX_TEXT) {
        throw new IllegalArgumentException(what + " is longer than " + MAX_TEXT + " characters");
      }
    }

    /** Half a surrogate pair has no UTF-8, so the binary form could not give it back. */
    private static void requireWellFormed(String what, String text) {
      if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
        throw new IllegalArgumentException(what + " has half a surrogate pair");
      }
    }

    /** The privileged actions. */
    public enum Action {
      /** Available or locked seats become reserved. */
      RESERVE(0),
      /** Reserved seats become available. */
      UNRESERVE(1),
      /** Available, locked or reserved seats become paid. */
      PAY(2),
      /** Paid seats become available. */
      UNPAY(3),
      /** Reserved or paid seats become available. */
      REVOKE(4),
      /** Available seats become blocked. */
      BLOCK(5),
      /** Blocked seats become available. */
      UNBLOCK(6);

      /** The byte that stands for this action in the binary form; never reused. */
      final int code;

      private final String word;

      Action(int code) {
        this.code = code;
        this.word = name().toLowerCase(Locale.ROOT);
      }

      /** The word for this action in texts for people. */
      public String word() {
        return word;
      }
    }
  }

  /**
   * Gives the show other rules. Locks, sessions without connection and extensions keep the end that
   * they have; what begins or is extended from now on follows the new rules. A holder that was to
   * be warned is warned by the new rule, at once if its time for that is over.
   *
   * @param settings the new rules
   */
  record ChangeSettings(ShowSettings settings) implements Command {
    /** Checks that there are some. */
    public ChangeSettings {
      Objects.requireNonNull(settings, "settings");
    }

    @Override
    public CommandKind kind() {
      return CommandKind.CHANGE_SETTINGS;
    }
  }

  /** Nothing but the time: ends what is due. Every other command does that first, too. */
  record Tick() implements Command {
    @Override
    public CommandKind kind() {
      return CommandKind.TICK;
    }
  }
}
