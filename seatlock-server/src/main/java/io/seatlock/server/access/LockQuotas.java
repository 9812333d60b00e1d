package io.seatlock.server.access;

import io.seatlock.core.Change;
import io.seatlock.core.Event;
import io.seatlock.core.Show;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts the seats that the sessions of one owner, a key or an address, have locked together and
 * lock in a second, so that nobody empties the house into locks with many sessions. It knows what
 * was locked or came back here: not the locks of sessions that are on other servers, or that have
 * not come back since a restart. Safe for use by many threads.
 */
public final class LockQuotas {

  private static final int MANY_OWNERS = 4096;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final LongSupplier nanoTime;
  private final Map<String, Owner> owners = new HashMap<>();
  private final Map<String, Attempts> byHolder = new HashMap<>();
  private final Map<Show, Follower> followers = new WeakHashMap<>();
  private long sweptAt;

  /** What an owner may do. */
  public record Quota(String owner, int maxLocks, int maxLocksPerSecond) {}

  /** What became of the wish to lock seats. */
  public enum Verdict {
    /** It may be tried. */
    FREE,
    /** The owner's sessions would hold too much. */
    TOO_MANY,
    /** The owner's sessions lock too fast; a while later it may be tried again. */
    TOO_FAST
  }

  /** Nobody has locked anything. */
  public LockQuotas() {
    this(System::nanoTime);
  }

  LockQuotas(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.sweptAt = nanoTime.getAsLong();
  }

  private static final class Owner {
    final String name;
    int held;
    int trying;

    /** The seats that were locked faster than the rate has made up for. */
    long recent;

    long settledAt;
    int maxLocksPerSecond;

    Owner(String name) {
      this.name = name;
    }

    /** Each whole second makes up for as many seats as may be locked in one. */
    void settle(long now) {
      long seconds = (now - settledAt) / SECOND;
      if (seconds * (double) maxLocksPerSecond >= recent) {
        recent = 0;
        settledAt = now;
      } else {
        recent -= seconds * maxLocksPerSecond;
        settledAt += seconds * SECOND;
      }
    }

    /** Whoever was quiet may lock at once more than the rate, and pays for it afterwards. */
    boolean isTooFast(int seats) {
      return recent > 0 && recent + seats > maxLocksPerSecond;
    }
  }

  /** A holder's attempts that are not over, and whose they are. */
  private static final class Attempts {
    Owner owner;
    int count;

    Attempts(Owner owner) {
      this.owner = owner;
    }
  }

  /** Follows the show's events from now on, unless it does already. */
  public synchronized void follow(Show show) {
    if (!followers.containsKey(show)) {
      Follower follower = new Follower();
      followers.put(show, follower);
      show.listen(follower);
    }
  }

  /**
   * Asks for room for a holder's locks. If there is, the caller must tell with {@link #tried} when
   * the attempt is over.
   */
  public synchronized Verdict tryLock(Quota quota, String holder, int seats) {
    long now = nanoTime.getAsLong();
    if (owners.size() > MANY_OWNERS && now - sweptAt >= SECOND) {
      sweptAt = now;
      List.copyOf(owners.values()).forEach(owner -> forgetIfIdle(owner, now));
    }
    Owner owner = owners.computeIfAbsent(quota.owner(), Owner::new);
    owner.maxLocksPerSecond = quota.maxLocksPerSecond();
    owner.settle(now);
    if ((long) owner.held + owner.trying + seats > quota.maxLocks()) {
      return Verdict.TOO_MANY;
    }
    if (owner.isTooFast(seats)) {
      return Verdict.TOO_FAST;
    }
    owner.recent += seats;
    owner.trying += seats;
    Attempts attempts = byHolder.computeIfAbsent(holder, h -> new Attempts(owner));
    attempts.owner = owner;
    attempts.count++;
    return Verdict.FREE;
  }

  /** An attempt is over; what it locked has been told by events. */
  public synchronized void tried(Quota quota, String holder, int seats) {
    byHolder.computeIfPresent(holder, (h, attempts) -> --attempts.count == 0 ? null : attempts);
    Owner owner = owners.get(quota.owner());
    if (owner != null) {
      owner.trying -= seats;
      forgetIfIdle(owner, nanoTime.getAsLong());
    }
  }

  /**
   * A session has come with these locks, perhaps from before a restart or from another server:
   * those that nobody is counted for are counted for this owner. In the order of the show, which is
   * followed.
   */
  public void resumed(Quota quota, Show show, List<String> seats) {
    Follower follower;
    synchronized (this) {
      follower = Objects.requireNonNull(followers.get(show));
    }
    for (String seat : seats) {
      follower.bySeat.computeIfAbsent(seat, s -> held(quota));
    }
  }

  private synchronized Owner held(Quota quota) {
    Owner owner = owners.computeIfAbsent(quota.owner(), Owner::new);
    owner.held++;
    return owner;
  }

  /** One that has just locked is kept a while, so that its rate is not forgotten. */
  private void forgetIfIdle(Owner owner, long now) {
    owner.settle(now);
    if (owner.held == 0 && owner.trying == 0 && owner.recent == 0) {
      owners.remove(owner.name, owner);
    }
  }

  private synchronized @Nullable Owner locked(@Nullable String holder) {
    Attempts attempts = byHolder.get(holder);
    if (attempts == null) {
      return null;
    }
    attempts.owner.held++;
    return attempts.owner;
  }

  private synchronized void freed(Owner owner) {
    owner.held--;
    forgetIfIdle(owner, nanoTime.getAsLong());
  }

  /**
   * Knows whose each locked seat of one show is. Called in the show's order, one event at a time.
   */
  private final class Follower implements Consumer<Event> {
    private final Map<String, Owner> bySeat = new HashMap<>();

    @Override
    public void accept(Event event) {
      if (event.change() == Change.EXPIRING) {
        return;
      }
      for (String seat : event.seats()) {
        Owner before = bySeat.remove(seat);
        if (before != null) {
          freed(before);
        }
        if (event.change() == Change.LOCKED) {
          Owner owner = locked(event.author());
          if (owner != null) {
            bySeat.put(seat, owner);
          }
        }
      }
    }
  }
}
