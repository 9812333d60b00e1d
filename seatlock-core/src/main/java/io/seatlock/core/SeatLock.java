package io.seatlock.core;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All shows of one program: the place to start. They are in memory alone, or in a {@link
 * CommandLog}, too, from which they come back when the program starts again.
 *
 * <p>Safe for use by many threads. Shows do not wait for each other, except for the log. Daemon
 * threads end locks and reservations when they are due; they start with the first lock and end with
 * {@link #close}.
 */
public final class SeatLock implements AutoCloseable {

  private static final Logger LOG = System.getLogger("io.seatlock.core");
  private static final SecureRandom RANDOM = new SecureRandom();

  private final ConcurrentMap<String, Show> shows = new ConcurrentHashMap<>();
  private final ShowSettings settings;
  private final InstantSource clock;
  private final @Nullable CommandLog log;
  private final Executor delivery;
  private final Consumer<? super Throwable> onFailure;
  private final AtomicLong connections = new AtomicLong();
  private final String node;
  private final Timer timer = new Timer();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean live;

  private SeatLock(Builder builder) {
    settings = builder.settings;
    log = builder.log;
    clock = log == null ? builder.clock : log.clock();
    node = log == null ? newId() : log.node();
    onFailure = builder.onFailure;
    Executor toDeliver = builder.delivery;
    if (toDeliver == null) {
      // In memory the caller's thread delivers; a log's thread has better things to do.
      toDeliver = log == null ? Runnable::run : timer.workers();
    }
    delivery = toDeliver;
  }

  /** In memory, with {@link ShowSettings#DEFAULT} for shows that are opened on first use. */
  public static SeatLock create() {
    return create(ShowSettings.DEFAULT);
  }

  /**
   * In memory, with these settings for shows that are opened on first use. Time is the machine's
   * wall clock read once, now, and runs evenly from there: a clock that is set later changes
   * nothing.
   */
  public static SeatLock create(ShowSettings settings) {
    return new SeatLock(builder().settings(settings));
  }

  /**
   * In memory, with a clock of the caller's, for tests that move the time by hand: after moving it,
   * call {@link #tick}. Where the clock goes backwards, the time of a show stands still.
   */
  public static SeatLock create(ShowSettings settings, InstantSource clock) {
    Builder builder = builder().settings(settings);
    builder.clock = Objects.requireNonNull(clock, "clock");
    return new SeatLock(builder);
  }

  /** For more than the settings: a log, for example. */
  public static Builder builder() {
    return new Builder();
  }

  /** What a {@link SeatLock} is opened with. Not safe for use by many threads. */
  public static final class Builder {
    private ShowSettings settings = ShowSettings.DEFAULT;
    private InstantSource clock = new SteadyClock();
    private @Nullable CommandLog log;
    private @Nullable Executor delivery;
    private Consumer<? super Throwable> onFailure =
        e -> LOG.log(Level.ERROR, "nothing is decided any more", e);

    private Builder() {}

    /**
     * The rules of shows that have any seat that is named in them. Such a show in the log follows
     * them from now on, if it had others; one that was opened with seats of its own keeps its
     * rules.
     */
    public Builder settings(ShowSettings settings) {
      this.settings = Objects.requireNonNull(settings, "settings");
      return this;
    }

    /** Where commands are kept. It is opened here and closed with {@link SeatLock#close}. */
    public Builder log(CommandLog log) {
      this.log = Objects.requireNonNull(log, "log");
      return this;
    }

    /**
     * With a log: where commands are decided, and events and results delivered. A task does so for
     * one show, runs its listeners and must not be dropped. If not given, threads of seatlock's own
     * do it, one for each show that has something to deliver. {@code Runnable::run} saves the
     * change of threads where no listener ever blocks, since then the log waits for them.
     */
    public Builder deliverOn(Executor delivery) {
      this.delivery = Objects.requireNonNull(delivery, "delivery");
      return this;
    }

    /**
     * Called once if nothing can be decided any more: the log cannot go on, with a full disk for
     * example, or a show's state may be wrong. Must not block. If not given, it is reported to the
     * system logger.
     */
    public Builder onFailure(Consumer<? super Throwable> onFailure) {
      this.onFailure = Objects.requireNonNull(onFailure, "onFailure");
      return this;
    }

    /**
     * Opens it, with all shows that are in the log.
     *
     * @throws IOException if the log cannot be opened or is damaged; the log is closed then
     */
    public SeatLock open() throws IOException {
      SeatLock seatLock = new SeatLock(this);
      seatLock.start();
      return seatLock;
    }
  }

  private void start() throws IOException {
    if (log == null) {
      return;
    }
    try {
      log.start(new Shows());
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
    live = true;
    for (Show show : shows.values()) {
      show.goLive();
      show.follow(settings);
    }
  }

  /**
   * The show of this name, opened now if it is not open yet. A show opened this way has any seat
   * that is named in it.
   *
   * @throws IllegalArgumentException if the name is not 1 to 64 letters, digits and {@code .:_~-}
   */
  public Show show(String name) {
    Show show = shows.get(Objects.requireNonNull(name, "name"));
    // It goes live before another thread can have it, or the first events would be lost; and once
    // more if all shows went live after it had looked.
    return show != null
        ? show
        : begun(
            shows.computeIfAbsent(
                Ids.check("show name", name),
                n -> begun(newShow(n, SeatMachine.ofAnySeats(settings)))));
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
   * Opens a show that continues where the snapshot was taken, its sessions included, without their
   * connections. Time that has passed since then has passed for its locks, too. With a log the
   * snapshot is where the show's log begins; it must not have clients elsewhere yet.
   *
   * @throws IllegalStateException if a show of this name is open already
   * @throws IllegalArgumentException if the name is ill-formed or the snapshot contradicts itself
   */
  public Show open(String name, Snapshot snapshot) {
    Show show = add(name, SeatMachine.of(snapshot));
    show.detachOtherNodes(node);
    show.tick();
    return show;
  }

  /** Ends what is due by the clock now, in every show. Needed only with a clock of one's own. */
  public void tick() {
    shows.values().forEach(Show::tick);
  }

  /**
   * Forgets the shows that were opened on first use and in which there is nothing: no session and
   * no seat that is not available. They begin again when they are next named. A {@link Show} that
   * was forgotten must not be used any more: what it decides is not what the new one decides.
   *
   * @param inUse accepts the names of shows that stay in any case
   */
  public void forgetEmptyShows(Predicate<String> inUse) {
    shows.values().removeIf(show -> !inUse.test(show.name()) && show.isEmpty());
  }

  /**
   * A new name for a connection to this program, for {@link Command.OpenSession} and its like. When
   * the program has ended, its log lets go of the sessions on such connections.
   */
  public String newConnection() {
    return node + "/" + Long.toString(connections.incrementAndGet(), Character.MAX_RADIX);
  }

  /**
   * Why the log takes no commands at the moment, for an operator; empty if it does or if there is
   * none.
   */
  public Optional<String> trouble() {
    Throwable cause = failure.get();
    if (cause != null) {
      return Optional.of("nothing is decided any more: " + cause.getMessage());
    }
    return log == null ? Optional.empty() : log.trouble();
  }

  /**
   * Stops the timer and closes the log. In memory shows still answer, but nothing ends by itself
   * any more; with a log nothing is accepted any more.
   */
  @Override
  public void close() {
    timer.stop();
    if (log != null) {
      log.close();
    }
    timer.close();
  }

  private Show add(String name, SeatMachine machine) {
    Show show = newShow(Ids.check("show name", name), machine);
    if (shows.putIfAbsent(name, show) != null) {
      throw new IllegalStateException("show " + name + " is open already");
    }
    return begun(show);
  }

  /** A show that goes live if the others have. */
  private Show begun(Show show) {
    if (live) {
      show.goLive();
    }
    return show;
  }

  private Show newShow(String name, SeatMachine machine) {
    return new Show(
        name, machine, clock, timer, SeatLock::newId, log, delivery, this::cannotDecide);
  }

  /** 80 random bits: nobody meets another's id by chance. */
  private static String newId() {
    byte[] bits = new byte[10];
    RANDOM.nextBytes(bits);
    return HexFormat.of().formatHex(bits);
  }

  /** Called with a show's lock, which the callback must not have to wait for. */
  private void cannotDecide(Throwable cause) {
    if (failure.compareAndSet(null, cause)) {
      try {
        timer.workers().execute(() -> onFailure.accept(cause));
      } catch (Throwable noThread) {
        cause.addSuppressed(noThread);
        onFailure.accept(cause);
      }
    }
  }

  /** The shows as the log sees them. */
  private final class Shows implements Replica {

    /** Those that were given something in this batch; null outside of one. */
    private @Nullable List<Show> inBatch;

    @Override
    public long index(String show) {
      Show known = shows.get(show);
      return known == null ? 0 : known.index();
    }

    @Override
    public Snapshot initial(String show) {
      return show(show).snapshot();
    }

    @Override
    public void install(String show, long index, Snapshot state) {
      show(show).install(index, state);
    }

    @Override
    public void decide(String show, long index, long at, Command command) {
      give(show(show), index, at, command, null);
    }

    @Override
    public void decide(long index, long at, Submission submission) {
      give(show(submission.show()), index, at, submission.command(), submission);
    }

    private void give(
        Show show, long index, long at, Command command, @Nullable Submission submission) {
      boolean isFirst = show.give(index, at, command, submission);
      if (inBatch == null) {
        endBatch(List.of(show));
      } else if (isFirst) {
        inBatch.add(show);
      }
    }

    @Override
    public void beginBatch() {
      if (inBatch == null) {
        inBatch = new ArrayList<>();
      }
    }

    @Override
    public void endBatch() {
      List<Show> shows = inBatch;
      inBatch = null;
      if (shows != null) {
        endBatch(shows);
      }
    }

    private void endBatch(List<Show> shows) {
      shows.forEach(Show::endBatch);
      shows.forEach(Show::deliverSoon);
      requireDeciding();
    }

    /** Stops the log: where something could not be decided, the state is not that of the log. */
    private void requireDeciding() {
      Throwable cause = failure.get();
      if (cause != null) {
        throw new IllegalStateException("a command could not be decided: " + cause, cause);
      }
    }

    @Override
    public boolean isIdle(Submission submission, long at) {
      Show asked = show(submission.show());
      asked.endBatch();
      return asked.isIdle(submission.command(), at);
    }

    @Override
    public Snapshot snapshot(String show) {
      Show asked = show(show);
      asked.endBatch();
      Snapshot snapshot = asked.snapshot();
      requireDeciding();
      return snapshot;
    }

    @Override
    public Set<String> nodes() {
      Set<String> nodes = new HashSet<>();
      for (Show show : shows.values()) {
        show.endBatch();
        nodes.addAll(show.nodes());
      }
      return nodes;
    }

    @Override
    public void nodeGone(String gone) {
      for (Show show : shows.values()) {
        if (show.nodes().contains(gone)) {
          show.applyEventually(new Command.DetachNode(gone));
        }
      }
    }

    @Override
    public void failed(Throwable cause) {
      if (failure.compareAndSet(null, cause)) {
        onFailure.accept(cause);
      }
    }
  }
}
