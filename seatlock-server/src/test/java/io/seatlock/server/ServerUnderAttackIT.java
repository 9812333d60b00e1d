package io.seatlock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.seatlock.server.testing.ClassicClient;
import io.seatlock.server.testing.RawClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The jar with little memory or few descriptors, under attack; how long the attacks go on is told
 * by the system property {@code seatlock.attack.seconds}.
 */
@Timeout(300)
class ServerUnderAttackIT {

  private static final Duration ATTACK =
      Duration.ofSeconds(Integer.getInteger("seatlock.attack.seconds", 5));
  private static final Duration SOON = Duration.ofSeconds(1);

  /** The least that shows that an attack has been one. */
  private static final int SOME = 20;

  private final Queue<RawClient> attackers = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean over;

  /** What an attacker does again and again. Whatever the server does to it is fine. */
  private interface Attack {
    void run() throws IOException;
  }

  private AtomicInteger start(String name, Attack attack) {
    AtomicInteger rounds = new AtomicInteger();
    Thread thread =
        new Thread(
            () -> {
              while (!over) {
                try {
                  attack.run();
                } catch (IOException | AssertionError e) {
                  // The server has ended the connection.
                  LockSupport.parkNanos(1_000_000);
                }
                rounds.incrementAndGet();
              }
            },
            name);
    threads.add(thread);
    thread.start();
    return rounds;
  }

  private RawClient kept(RawClient attacker) {
    attackers.add(attacker);
    return attacker;
  }

  private void end() throws Exception {
    over = true;
    for (RawClient attacker : attackers) {
      attacker.close();
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** An attack that holds the server up does so all the time; the machine, now and then. */
  private static void assertServedSoon(List<Duration> times) {
    List<Duration> sorted = times.stream().sorted().toList();
    assertThat(sorted.get(sorted.size() * 9 / 10)).as("nine in ten of %s", times).isLessThan(SOON);
  }

  @Test
  void attacks_allAtOnce_honestClientsAreServedAndMemoryIsEnough() throws Exception {
    try (ServerProcess server =
        ServerProcess.serving(List.of(), List.of("-Xmx256m"), Map.of(), "--in-memory")) {
      InetSocketAddress address = server.address();
      try (ClassicClient honest = ClassicClient.join(address, "/")) {
        List<AtomicInteger> rounds =
            List.of(
                start("half-open", halfOpen(address)),
                start("oversized", oversized(address)),
                start("garbage", garbage(address)),
                start("ping-flood", pingFlood(address)),
                start("shows", manyShows(address)));
        AtomicInteger load = stalledReaders(address);

        List<Duration> served = new ArrayList<>();
        long began = System.nanoTime();
        while (System.nanoTime() - began < ATTACK.toNanos()) {
          long start = System.nanoTime();
          honest.act("lock", "A1").expectEvent("lockedForYou", "A1");
          honest.act("unlock", "A1").expectEvent("unlockedForYou", "A1");
          ClassicClient.join(address, "/").close();
          served.add(Duration.ofNanos(System.nanoTime() - start));
          Thread.sleep(20);
        }
        assertServedSoon(served);
        assertThat(rounds).allMatch(count -> count.get() > SOME);
        assertThat(load.get()).isGreaterThan(SOME);
        end();

        honest.act("lock", "A1").expectEvent("lockedForYou", "A1").expectNothingMore();
        ClassicClient.connect(address, "/load").act("unlock", "x").next();
      } finally {
        end();
      }
      server.terminate();
      assertThat(server.exitCode()).isZero();
      assertThat(server.printed())
          .noneMatch(line -> line.contains("ERROR") || line.contains("OutOfMemory"))
          .endsWith("INFO  stopped");
    }
  }

  /** Requests that never end; hundreds of them at a time. */
  private Attack halfOpen(InetSocketAddress address) {
    Deque<RawClient> open = new ArrayDeque<>();
    return () -> {
      open.add(kept(RawClient.connect(address)).write("GET / HTTP/1.1\r\nHost: x\r\nX: "));
      if (open.size() > 300) {
        RawClient oldest = open.remove();
        attackers.remove(oldest);
        oldest.reset();
      }
    };
  }

  /** Frames that declare two gigabytes, and fragments without end. */
  private Attack oversized(InetSocketAddress address) {
    byte[] huge = HexFormat.of().parseHex("81ff000000007fffffff00000000");
    byte[] fragment = RawClient.frame(RawClient.TEXT, false, true, new byte[16_000]);
    return () -> {
      for (byte[] bytes : List.of(huge, fragment)) {
        try (RawClient attacker = RawClient.open(address, "/")) {
          attacker.write(bytes).writeUnlessEnded(new byte[64 * 1024]).ended();
        }
      }
    };
  }

  private Attack garbage(InetSocketAddress address) {
    Random random = new Random(1);
    return () -> {
      byte[] bytes = new byte[1 + random.nextInt(4_000)];
      random.nextBytes(bytes);
      try (RawClient attacker =
          random.nextBoolean() ? RawClient.open(address, "/") : RawClient.connect(address)) {
        attacker.write(bytes).writeUnlessEnded(new byte[20_000]).ended();
      }
    };
  }

  /** Pings without end whose pongs nobody reads. */
  private Attack pingFlood(InetSocketAddress address) throws IOException {
    ByteArrayOutputStream pings = new ByteArrayOutputStream();
    for (int i = 0; i < 8; i++) {
      pings.writeBytes(RawClient.frame(RawClient.PING, true, true, new byte[125]));
    }
    byte[] flood = pings.toByteArray();
    for (int i = 0; i < 3; i++) {
      RawClient other = kept(RawClient.open(address, "/", 4 * 1024));
      start("ping-flood-" + i, () -> other.write(flood));
    }
    RawClient attacker = kept(RawClient.open(address, "/", 4 * 1024));
    return () -> attacker.write(flood);
  }

  /** A new show for each connection. */
  private Attack manyShows(InetSocketAddress address) {
    Random random = new Random(2);
    return () -> {
      String path = "/x" + Long.toString(random.nextLong(), 36);
      try (RawClient attacker = RawClient.open(address, path)) {
        attacker.send(ClassicClient.action("lock", "A1")).read();
      }
    };
  }

  /** Those who never read what is told to them, in a show in which much happens. */
  private AtomicInteger stalledReaders(InetSocketAddress address) throws IOException {
    for (int i = 0; i < 50; i++) {
      kept(RawClient.open(address, "/load", 4 * 1024));
    }
    RawClient author = kept(RawClient.open(address, "/load"));
    author.read();
    String seat = "x".repeat(64);
    return start(
        "load",
        () -> {
          for (int i = 0; i < 50; i++) {
            author.send(ClassicClient.action("lock", seat));
            author.send(ClassicClient.action("unlock", seat));
          }
          for (int i = 0; i < 100; i++) {
            author.read();
          }
        });
  }

  @Test
  void outOfDescriptors_thoseInsideAreServed_andOthersComeInWhenSomeGo() throws Exception {
    assumeThat(Files.isExecutable(Path.of("/bin/sh"))).isTrue();
    List<String> fewFiles = List.of("/bin/sh", "-c", "ulimit -n 150 && exec \"$@\"", "sh");
    try (ServerProcess server =
        ServerProcess.serving(
            fewFiles, List.of(), Map.of(), "--in-memory", "--max-connections=1000")) {
      InetSocketAddress address = server.address();
      try (ClassicClient honest = ClassicClient.join(address, "/")) {
        List<RawClient> others = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
          others.add(kept(RawClient.connect(address)).write(RawClient.request("/others")));
        }
        List<Duration> served = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          long start = System.nanoTime();
          honest.act("lock", "A" + i).expectEvent("lockedForYou", "A" + i);
          served.add(Duration.ofNanos(System.nanoTime() - start));
          Thread.sleep(100);
        }
        assertServedSoon(served);
        assertThat(server.printed())
            .anyMatch(line -> line.startsWith("WARN  cannot accept connections for a moment"));
        assertThat(others.get(0).head()).startsWith("HTTP/1.1 101 ");

        // They were taken in the order in which they came; the last ones wait still.
        for (RawClient gone : others.subList(0, 200)) {
          gone.close();
        }
        for (RawClient waiting : others.subList(200, 250)) {
          assertThat(waiting.head()).startsWith("HTTP/1.1 101 ");
          assertThat(waiting.next()).isEqualTo(ClassicClient.EMPTY_START);
        }
        ClassicClient.join(address, "/anew").act("lock", "A1").expectEvent("lockedForYou", "A1");
        honest.act("unlock", "A1").expectEvent("unlockedForYou", "A1");
        others.get(249).send(ClassicClient.action("lock", "A1"));
        assertThat(others.get(249).next()).isEqualTo(ClassicClient.event("lockedForYou", "A1"));
      } finally {
        end();
      }
      server.terminate();
      assertThat(server.exitCode()).isZero();
    }
  }
}
