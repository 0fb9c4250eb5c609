package dev.steerage.index.about;

import dev.steerage.index.codec.ForwardReader;
import dev.steerage.index.corpus.Segment;
import dev.steerage.index.corpus.SiteGroup;

/// Single codes of a segment.
final class SiteCodes {
  private SiteCodes() {}

  /// The slot in which a code of a site fired at a position.
  static int slot(Segment segment, int site, int code, int position) {
    for (SiteGroup group : segment.groups()) {
      int at = site - group.firstSite();
      if (at >= 0 && at < group.slots().length) {
        ForwardReader.Cursor cursor = segment.forward(group.number()).cursor();
        int from = cursor.seek(position);
        for (int i = 0; i < at; i++) {
          from += group.slots()[i];
        }
        for (int slot = 0; slot < group.slots()[at]; slot++) {
          if (cursor.ids()[from + slot] == code) {
            return slot;
          }
        }
      }
    }
    throw new IllegalStateException("site=" + site + ", code=" + code + " did not fire");
  }
}
