package io.seatlock.server.access;

import io.seatlock.core.Change;
import io.seatlock.core.Event;
import io.seatlock.core.Show;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts the seats that the sessions of one owner, a key or an address, have locked together and
 * lock in a second, so that nobody empties the house into locks with many sessions. Safe for use by
 * many threads.
 */
public final class LockQuotas {

  private static final int MANY_OWNERS = 4096;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Map<String, Owner> owners = new HashMap<>();
  private final Map<String, Attempts> byHolder = new HashMap<>();
  private final Set<Show> followed = Collections.newSetFromMap(new WeakHashMap<>());

  /** What an owner may do. */
  public record Quota(String owner, int maxLocks, int maxLocksPerSecond) {}

  /** What became of the wish to lock seats. */
  public enum Verdict {
    /** It may be tried. */
    FREE,
    /** The owner's sessions would hold too much. */
    TOO_MANY,
    /** The owner's sessions lock too fast; a second later it may be tried again. */
    TOO_FAST
  }

  private static final class Owner {
    final String name;
    int held;
    int trying;
    long secondBegan = System.nanoTime();
    int thisSecond;

    Owner(String name) {
      this.name = name;
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
    if (followed.add(show)) {
      show.listen(new Follower());
    }
  }

  /**
   * Asks for room for a holder's locks. If there is, the caller must tell with {@link #tried} when
   * the attempt is over.
   */
  public synchronized Verdict tryLock(Quota quota, String holder, int seats) {
    long now = System.nanoTime();
    if (owners.size() > MANY_OWNERS) {
      List.copyOf(owners.values()).forEach(owner -> forgetIfIdle(owner, now));
    }
    Owner owner = owners.computeIfAbsent(quota.owner(), Owner::new);
    if (now - owner.secondBegan >= SECOND) {
      owner.secondBegan = now;
      owner.thisSecond = 0;
    }
    if ((long) owner.held + owner.trying + seats > quota.maxLocks()) {
      return Verdict.TOO_MANY;
    }
    if ((long) owner.thisSecond + seats > quota.maxLocksPerSecond()) {
      return Verdict.TOO_FAST;
    }
    owner.thisSecond += seats;
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
      forgetIfIdle(owner, System.nanoTime());
    }
  }

  /** One that has just locked is kept a while, so that its rate is not forgotten. */
  private void forgetIfIdle(Owner owner, long now) {
    if (owner.held == 0 && owner.trying == 0 && now - owner.secondBegan >= SECOND) {
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
    forgetIfIdle(owner, System.nanoTime());
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
