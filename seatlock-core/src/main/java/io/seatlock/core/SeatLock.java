package io.seatlock.core;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;

/**
 * All shows of one program, in memory: the place to start.
 *
 * <p>Safe for use by many threads. Shows do not wait for each other. Daemon threads end locks and
 * reservations when they are due; they start with the first lock and end with {@link #close}.
 */
public final class SeatLock implements AutoCloseable {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final ConcurrentMap<String, Show> shows = new ConcurrentHashMap<>();
  private final ShowSettings settings;
  private final InstantSource clock;
  private final Timer timer = new Timer();

  private SeatLock(ShowSettings settings, InstantSource clock) {
    this.settings = Objects.requireNonNull(settings, "settings");
    this.clock = Objects.requireNonNull(clock, "clock");
  }

  /** With {@link ShowSettings#DEFAULT} for shows that are opened on first use. */
  public static SeatLock create() {
    return create(ShowSettings.DEFAULT);
  }

  /**
   * With these settings for shows that are opened on first use. Time is the machine's wall clock
   * read once, now, and runs evenly from there: a clock that is set later changes nothing.
   */
  public static SeatLock create(ShowSettings settings) {
    return new SeatLock(settings, new SteadyClock());
  }

  /**
   * With a clock of the caller's, for tests that move the time by hand: after moving it, call
   * {@link #tick}. Where the clock goes backwards, the time of a show stands still.
   */
  public static SeatLock create(ShowSettings settings, InstantSource clock) {
    return new SeatLock(settings, clock);
  }

  /**
   * The show of this name, opened now if it is not open yet. A show opened this way has any seat
   * that is named in it.
   *
   * @throws IllegalArgumentException if the name is not 1 to 64 letters, digits and {@code .:_~-}
   */
  public Show show(String name) {
    Show show = shows.get(Objects.requireNonNull(name, "name"));
    return show != null
        ? show
        : shows.computeIfAbsent(
            Ids.check("show name", name), n -> newShow(n, SeatMachine.ofAnySeats(settings)));
  }

  /** The show of this name if it is open. */
  public Optional<Show> find(String name) {
    return Optional.ofNullable(shows.get(Objects.requireNonNull(name, "name")));
  }

  /**
   * Opens a show that has these seats and no others.
   *
   * @throws IllegalStateException if a show of this name is open already
   * @throws IllegalArgumentException if the name or a seat id is ill-formed, or a seat comes twice
   */
  public Show open(String name, ShowSettings settings, Collection<String> seats) {
    return add(name, SeatMachine.ofSeats(settings, seats));
  }

  /**
   * Opens a show that continues where the snapshot was taken, its sessions included. Time that has
   * passed since then has passed for its locks, too.
   *
   * @throws IllegalStateException if a show of this name is open already
   * @throws IllegalArgumentException if the name is ill-formed or the snapshot contradicts itself
   */
  public Show open(String name, Snapshot snapshot) {
    Show show = add(name, SeatMachine.of(snapshot));
    show.tick();
    return show;
  }

  /** Ends what is due by the clock now, in every show. Needed only with a clock of one's own. */
  public void tick() {
    shows.values().forEach(Show::tick);
  }

  /**
   * Forgets the shows that were opened on first use and in which there is nothing: no session and
   * no seat that is not available. They begin anew when they are named again. A {@link Show} that
   * was forgotten must not be used any more: what it decides is not what the new one decides.
   *
   * @param inUse tells the names of shows that stay in any case
   */
  public void forgetEmptyShows(Predicate<String> inUse) {
    shows.values().removeIf(show -> !inUse.test(show.name()) && show.isEmpty());
  }

  /** Stops the timer. Shows still answer, but nothing ends by itself any more. */
  @Override
  public void close() {
    timer.close();
  }

  private Show add(String name, SeatMachine machine) {
    Show show = newShow(Ids.check("show name", name), machine);
    if (shows.putIfAbsent(name, show) != null) {
      throw new IllegalStateException("show " + name + " is open already");
    }
    return show;
  }

  private Show newShow(String name, SeatMachine machine) {
    return new Show(name, machine, clock, timer, SeatLock::newHolderId);
  }

  /** 80 random bits: nobody meets another's id by chance. */
  private static String newHolderId() {
    byte[] bits = new byte[10];
    RANDOM.nextBytes(bits);
    return HexFormat.of().formatHex(bits);
  }
}
