package io.seatlock.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;

/** Draws a show's rules, and then commands and times for it; the same seed draws the same. */
final class RandomShow {

  private static final List<String> HOLDERS = List.of("h1", "h2", "h3", "h4");

  private final SplittableRandom random;
  private final ShowSettings settings;
  private final List<String> knownSeats;
  private final List<String> namedSeats;

  /** Whether sessions last, and ask so much that they outlive what is remembered of them. */
  private final boolean loyal;

  private final Deque<Command.Once> asked = new ArrayDeque<>();
  private int ids;

  RandomShow(long seed) {
    random = new SplittableRandom(seed);
    settings = drawSettings();
    loyal = random.nextInt(16) == 0;
    List<String> seats = List.of("A1", "A10", "A2", "\u5ea71", "b:~._-", "B3", "A3");
    namedSeats = seats.subList(0, 2 + random.nextInt(seats.size() - 1));
    knownSeats = random.nextBoolean() ? List.of() : namedSeats.subList(0, namedSeats.size() - 1);
  }

  private ShowSettings drawSettings() {
    int timeLimit = 1 + random.nextInt(100);
    int maxTime = timeLimit + random.nextInt(2 * timeLimit);
    return new ShowSettings(
        Duration.ofMillis(timeLimit),
        Duration.ofMillis(maxTime),
        1 + random.nextInt(4),
        Duration.ofMillis(1 + random.nextInt(100)),
        Duration.ofMillis(random.nextInt(3) == 0 ? 0 : random.nextInt(timeLimit + 10)));
  }

  SplittableRandom random() {
    return random;
  }

  ShowSettings settings() {
    return settings;
  }

  /** The seats of the show; empty if it has any seats. */
  List<String> knownSeats() {
    return knownSeats;
  }

  SeatMachine newMachine() {
    return knownSeats.isEmpty()
        ? SeatMachine.ofAnySeats(settings)
        : SeatMachine.ofSeats(settings, knownSeats);
  }

  /** A time for the next command: often none has passed, or all but a hair to the deadline. */
  long timeAfter(long now, long nextDeadline) {
    int dice = random.nextInt(100);
    if (dice < 45) {
      return now;
    } else if (dice < 70) {
      return now + random.nextInt(10);
    } else if (dice < 85 && nextDeadline != Long.MAX_VALUE) {
      return Math.max(now, nextDeadline + random.nextInt(-1, 2));
    } else if (dice < 95) {
      return now + random.nextInt(100);
    } else if (dice < 98) {
      return now - random.nextInt(100);
    } else {
      return now + random.nextInt(10_000);
    }
  }

  Command command(long now) {
    if (loyal) {
      return random.nextInt(10) == 0 ? sessionCommand() : once(now);
    }
    if (random.nextInt(100) == 0) {
      return new Command.ChangeSettings(drawSettings());
    }
    int kind = random.nextInt(10);
    return kind == 0 ? once(now) : kind == 1 ? sessionCommand() : plainCommand(now);
  }

  /** Asks for something new, for the same again, or for something else by the same id. */
  private Command once(long now) {
    int dice = random.nextInt(10);
    if (dice < 3 && !asked.isEmpty()) {
      // As often as not of the age at which requests are forgotten.
      int age = random.nextInt(random.nextBoolean() ? asked.size() : Math.min(asked.size(), 20));
      Command.Once before = asked.stream().skip(age).findFirst().orElseThrow();
      return dice < 2 ? before : new Command.Once(before.holder(), before.id(), onceAction(now));
    }
    String holder = loyal ? HOLDERS.get(0) : holder();
    Command.Once fresh = asked(holder, onceAction(now));
    asked.addFirst(fresh);
    if (asked.size() > 270) {
      asked.removeLast();
    }
    return fresh;
  }

  private Command.Once asked(String holder, Command action) {
    String connection = loyal || random.nextInt(2) == 0 ? null : connection();
    Command.Once once = new Command.Once(holder, String.valueOf(ids++), action, connection);
    return action instanceof Command.Lock && random.nextInt(10) == 0 ? once.asBeyondLimit() : once;
  }

  private Command onceAction(long now) {
    while (true) {
      Command command = plainCommand(now);
      if (!(command instanceof Command.OpenSession
          || command instanceof Command.CloseSession
          || command instanceof Command.Tick)) {
        return command;
      }
    }
  }

  private Command sessionCommand() {
    int dice = random.nextInt(10);
    if (loyal) {
      String holder = HOLDERS.get(random.nextInt(2));
      return dice < 4
          ? new Command.OpenSession(holder, "s1", "c1")
          : new Command.ResumeSession(holder, credential(), connection());
    }
    if (dice < 3) {
      String credential = random.nextInt(4) == 0 ? null : credential();
      return new Command.OpenSession(holder(), credential, connection());
    } else if (dice < 6) {
      return new Command.ResumeSession(holder(), credential(), connection());
    } else if (dice < 7) {
      return new Command.DetachNode(random.nextInt(3) == 0 ? "n2" : "n1");
    }
    return new Command.DetachSession(holder(), connection());
  }

  private String credential() {
    return random.nextInt(4) == 0 ? "s2" : "s1";
  }

  private String connection() {
    int dice = random.nextInt(6);
    return dice < 3 ? "n1/c1" : dice < 4 ? "n1/c2" : dice < 5 ? "n2/c1" : "c1";
  }

  private Command plainCommand(long now) {
    int dice = random.nextInt(100);
    if (dice < 30) {
      return new Command.Lock(holder(), seats());
    } else if (dice < 41) {
      return new Command.Unlock(holder(), seats());
    } else if (dice < 44) {
      return new Command.UnlockAll(holder());
    } else if (dice < 51) {
      return new Command.Extend(holder());
    } else if (dice < 58) {
      return new Command.OpenSession(holder());
    } else if (dice < 60) {
      return new Command.CloseSession(holder(), random.nextInt(2) == 0 ? null : connection());
    } else if (dice < 62) {
      return new Command.Tick();
    }
    return sale(now);
  }

  private Command.Sale sale(long now) {
    int dice = random.nextInt(38);
    String[] seats = seats().toArray(String[]::new);
    Command.Sale sale;
    if (dice < 7) {
      sale = Command.reserve(seats);
      if (random.nextInt(2) == 0) {
        sale = sale.due(Instant.ofEpochMilli(Math.max(0, now + random.nextInt(-20, 200))));
      }
    } else if (dice < 14) {
      sale = Command.pay(seats);
    } else if (dice < 18) {
      return authored(Command.unreserve(seats));
    } else if (dice < 22) {
      return authored(Command.unpay(seats));
    } else if (dice < 32) {
      return authored(Command.revoke(seats));
    } else if (dice < 33) {
      return authored(Command.block(seats));
    } else {
      return authored(Command.unblock(seats));
    }
    if (random.nextInt(3) == 0) {
      sale = sale.ref("order " + random.nextInt(5));
    }
    if (random.nextInt(3) == 0) {
      sale = sale.heldBy(holder());
    }
    return authored(sale);
  }

  private Command.Sale authored(Command.Sale sale) {
    Command.Sale authored = random.nextInt(2) == 0 ? sale.by(holder()) : sale;
    return random.nextInt(10) == 0 ? authored.because("why not") : authored;
  }

  private String holder() {
    return HOLDERS.get(random.nextInt(HOLDERS.size()));
  }

  private List<String> seats() {
    int dice = random.nextInt(20);
    int count = dice < 14 ? 1 : dice < 17 ? 2 : dice < 19 ? 3 : namedSeats.size();
    List<String> left = new ArrayList<>(namedSeats);
    List<String> seats = new ArrayList<>();
    for (int i = 0; i < count && !left.isEmpty(); i++) {
      seats.add(left.remove(random.nextInt(left.size())));
    }
    return seats;
  }
}
