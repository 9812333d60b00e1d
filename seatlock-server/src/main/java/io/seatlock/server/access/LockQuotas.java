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
 * Limits how many seats all sessions of one owner, a key or an address, have locked together and
 * lock per second, so that nobody locks the whole house with many sessions. Counts only the locks
 * that were taken or resumed on this server: not those of sessions on other servers, nor those of
 * sessions that have not resumed since a restart. Safe for use by many threads.
 */
public final class LockQuotas {

  private static final int MANY_OWNERS = 4096;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final LongSupplier nanoTime;
  private final Map<String, Owner> owners = new HashMap<>();
  private final Map<String, Attempts> byHolder = new HashMap<>();
  private final Map<Show, Follower> followers = new WeakHashMap<>();
  private long sweptAt;

  /** How much an owner may lock. */
  public record Quota(String owner, int maxLocks, int maxLocksPerSecond) {}

  /** Whether an owner may lock more seats. */
  public enum Verdict {
    /** The seats may be locked. */
    FREE,
    /** The owner's sessions would hold too many locks. */
    TOO_MANY,
    /** The owner's sessions lock too fast; a later attempt may succeed. */
    TOO_FAST
  }

  /** Creates quotas of which nothing is used. */
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

    /** The seats that the rate has not paid for yet. */
    long recent;

    long settledAt;
    int maxLocksPerSecond;

    Owner(String name) {
      this.name = name;
    }

    /** Pays for the seats of the past whole seconds. */
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

    /** An owner that was idle may exceed the rate once; it has to wait afterwards. */
    boolean isTooFast(int seats) {
      return recent > 0 && recent + seats > maxLocksPerSecond;
    }
  }

  /** The unfinished attempts of one holder, and the owner they count for. */
  private static final class Attempts {
    Owner owner;
    int count;

    Attempts(Owner owner) {
      this.owner = owner;
    }
  }

  /** Follows the show's events from now on, unless it already does. */
  public synchronized void follow(Show show) {
    if (!followers.containsKey(show)) {
      Follower follower = new Follower();
      followers.put(show, follower);
      show.listen(follower);
    }
  }

  /**
   * Reserves room for a holder's locks. If the verdict is {@link Verdict#FREE}, the caller must
   * call {@link #endAttempt} when the attempt has ended.
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

  /** Ends an attempt. The events of the seats that it locked have arrived before. */
  public synchronized void endAttempt(Quota quota, String holder, int seats) {
    byHolder.computeIfPresent(holder, (h, attempts) -> --attempts.count == 0 ? null : attempts);
    Owner owner = owners.get(quota.owner());
    if (owner != null) {
      owner.trying -= seats;
      forgetIfIdle(owner, nanoTime.getAsLong());
    }
  }

  /**
   * Counts the locks of a resumed session, which may come from before a restart or from another
   * server, for this owner, except those that are counted already. Called in the order of the show,
   * which must be followed.
   */
  public void countResumed(Quota quota, Show show, List<String> seats) {
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

  /** Forgets an owner that has nothing left to count; one that has just locked still has a rate. */
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

  /** Knows the owner of each locked seat of one show. Called in the show's order. */
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
