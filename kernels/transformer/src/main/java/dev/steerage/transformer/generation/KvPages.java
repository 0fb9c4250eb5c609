package dev.steerage.transformer.generation;

import dev.steerage.transformer.forward.Forward;
import dev.steerage.transformer.forward.ForwardPass;
import dev.steerage.transformer.intervention.Steering;

/// Who holds which pages of keys and values. A request reserves its worst case when it is taken and
/// gets each page when it comes to it; pages that are full go into the prefix cache, if there is
/// one, and stay there when the request has ended, until their room is needed.
final class KvPages {
  private static final int PAGE = ForwardPass.pageSize();

  private final PagePool pool;
  private final int[] table;
  private final int perSequence;

  /// Both null where nothing is cached.
  private final PrefixCache cache;

  private final PageCodes codes;
  private final PageCodes.View natural;
  private final PageCodes.View effective;
  private int reserved;
  private long reused;

  /// @param table page numbers of all sequences, `perSequence` each
  /// @param cachedMax most pages kept for requests to come; 0 = nothing is cached
  KvPages(Forward forward, int pages, int[] table, int perSequence, int cachedMax) {
    pool = new PagePool(pages);
    this.table = table;
    this.perSequence = perSequence;
    cache = cachedMax == 0 ? null : new PrefixCache(pages, PAGE, cachedMax);
    codes = cachedMax == 0 ? null : new PageCodes(forward, pages, PAGE);
    natural = cachedMax == 0 ? null : codes.new View(false);
    effective = cachedMax == 0 ? null : codes.new View(true);
  }

  int pages() {
    return pool.pages();
  }

  /// Pages that a new request could reserve.
  int free() {
    return pool.free() + (cache == null ? 0 : cache.unused()) - reserved;
  }

  /// Full pages kept for requests to come, those in use not counted.
  int cached() {
    return cache == null ? 0 : cache.unused();
  }

  /// Positions that were not forwarded because their page was here.
  long reused() {
    return reused;
  }

  void reserve(int count) {
    reserved += count;
  }

  /// Where a sequence's page numbers begin in the table.
  int start(Sequence sequence) {
    return sequence.slot * perSequence;
  }

  /// A position is about to be forwarded: it gets a page, if its page has none yet.
  void enter(Sequence sequence, int position, Steering how) {
    int index = position / PAGE;
    if (index == sequence.pagesHeld) {
      table[start(sequence) + index] = pool.free() > 0 ? pool.take() : cache.evict();
      sequence.pagesHeld++;
      reserved--;
    }
    if (cache != null) {
      int at = table[start(sequence) + index];
      cache.note(at, position % PAGE, sequence.tokens[position], how);
    }
  }

  /// A position was forwarded. A page that is full now is offered to requests to come.
  void leave(Sequence sequence, int position, int row, Steering how) {
    if (cache == null || !sequence.chained) {
      return;
    }
    int index = start(sequence) + position / PAGE;
    int at = table[index];
    codes.keep(at, position % PAGE, row, !how.isEmpty());
    if (position % PAGE < PAGE - 1) {
      return;
    }
    String salt = sequence.request.salt();
    int same = cache.findNoted(salt, sequence.chain, at);
    if (same == PrefixCache.NONE) {
      cache.insert(salt, sequence.chain, at);
    } else {
      // Somebody with the same prefix was faster; one copy is enough.
      cache.use(same);
      table[index] = same;
      pool.giveBack(at);
    }
    sequence.chain = table[index];
  }

  /// Takes pages of the sequence's known tokens from the cache, as many as fit, and tells the
  /// listener of their positions. The last known position is never taken: it chooses a token.
  void reuse(Sequence sequence) {
    while (sequence.chained
        && !sequence.missed
        && sequence.forwarded % PAGE == 0
        && sequence.forwarded + PAGE < sequence.known) {
      sequence.askAhead(PAGE);
      int at =
          cache.find(
              sequence.request.salt(),
              sequence.chain,
              sequence.tokens,
              sequence.forwarded,
              sequence.asked);
      if (at == PrefixCache.NONE) {
        sequence.missed = true;
        return;
      }
      cache.use(at);
      table[start(sequence) + sequence.pagesHeld++] = at;
      reserved--;
      sequence.chain = at;
      for (int slot = 0; slot < PAGE; slot++) {
        sequence.listener.onForward(
            sequence.forwarded++, natural.at(at, slot), effective.at(at, slot));
      }
      reused += PAGE;
    }
  }

  /// A sequence ended.
  void release(Sequence sequence) {
    int start = start(sequence);
    for (int i = sequence.pagesHeld - 1; i >= 0; i--) {
      int at = table[start + i];
      if (cache == null || !cache.contains(at)) {
        pool.giveBack(at);
      } else if (cache.letGo(at)) {
        pool.giveBack(cache.evict());
      }
    }
    reserved -= sequence.pages - sequence.pagesHeld;
  }
}
