package io.seatlock.testkit;

import io.seatlock.core.Command;
import io.seatlock.core.CommandArchive;
import io.seatlock.core.DamagedLogException;
import io.seatlock.core.Replay;
import io.seatlock.core.Snapshot;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The archive of a {@link MemoryLog}. */
final class MemoryArchive implements CommandArchive {

  private final MemoryLog.Store store;
  private final boolean writable;

  /** What was added and not committed. */
  private final Map<String, SavedState> beginnings = new LinkedHashMap<>();

  private final Map<String, List<Entry>> entries = new LinkedHashMap<>();

  MemoryArchive(MemoryLog.Store store, boolean writable) {
    this.store = store;
    this.writable = writable;
  }

  @Override
  public List<String> shows() {
    synchronized (store) {
      List<String> shows = new ArrayList<>(store.beginnings.keySet());
      shows.addAll(beginnings.keySet());
      return shows;
    }
  }

  @Override
  public SavedState beginning(String show) throws IOException {
    SavedState beginning = find(show, store.beginnings, beginnings);
    try {
      Replay unused = new Replay(beginning.state());
    } catch (IllegalArgumentException e) {
      throw new DamagedLogException("the beginning of show " + show + " contradicts itself", e);
    }
    return beginning;
  }

  @Override
  public List<SavedState> snapshots(String show) throws IOException {
    SavedState newest = find(show, store.snapshots, beginnings);
    return newest.index() > beginning(show).index() ? List.of(newest) : List.of();
  }

  @Override
  public long read(String show, Reader reader) throws IOException {
    List<Entry> all;
    synchronized (store) {
      all = List.copyOf(find(show, store.entries, entries));
    }
    for (Entry entry : all) {
      reader.read(entry);
    }
    return all.size();
  }

  private <T> T find(String show, Map<String, T> kept, Map<String, T> added) throws IOException {
    @Nullable T found;
    synchronized (store) {
      found = kept.get(show);
    }
    if (found == null) {
      found = added.get(show);
    }
    if (found == null) {
      throw new FileNotFoundException("there is no show " + show + " in " + this);
    }
    return found;
  }

  @Override
  public void addShow(String show, SavedState beginning, Iterator<Entry> commands)
      throws IOException {
    if (!writable) {
      throw new IOException(this + " was opened for reading");
    }
    if (shows().contains(show)) {
      throw new IOException("there is a show " + show + " already");
    }
    List<Entry> copies = new ArrayList<>();
    commands.forEachRemaining(
        each ->
            copies.add(
                new Entry(each.index(), each.at(), Command.fromBytes(each.command().toBytes()))));
    Snapshot state = Snapshot.fromBytes(beginning.state().toBytes());
    beginnings.put(show, new SavedState(beginning.index(), state));
    entries.put(show, copies);
  }

  @Override
  public void commit() {
    synchronized (store) {
      store.beginnings.putAll(beginnings);
      store.snapshots.putAll(beginnings);
      store.entries.putAll(entries);
    }
    beginnings.clear();
    entries.clear();
  }

  @Override
  public void close() {
    beginnings.clear();
    entries.clear();
  }

  @Override
  public String toString() {
    return "the log in memory";
  }
}
