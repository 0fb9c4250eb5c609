package dev.steerage.gateway.event;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How far a stream came: for each topic the offset from which to go on in each partition, as
/// `c@9f3a:2-120;k@51c0:0-3,1-9`. The letter is the topic's; the four digits are of its topic id,
/// so that a topic made anew never matches.
///
/// @param places by letter
public record EventId(SortedMap<Character, Place> places) {
  private static final int LONGEST = 2_000;
  private static final Pattern PLACE =
      Pattern.compile("([a-z])@([0-9a-f]{4}):(\\d{1,5}-\\d{1,19}(?:,\\d{1,5}-\\d{1,19})*)");

  public EventId {
    places = Collections.unmodifiableSortedMap(new TreeMap<>(places));
  }

  /// Offsets of one topic by partition.
  ///
  /// @param topic digits of its topic id
  public record Place(String topic, SortedMap<Integer, Long> next) {
    public Place {
      next = Collections.unmodifiableSortedMap(new TreeMap<>(next));
    }
  }

  /// Reads an id; empty: it is none.
  public static Optional<EventId> parse(String text) {
    if (text.isEmpty() || text.length() > LONGEST) {
      return Optional.empty();
    }
    SortedMap<Character, Place> places = new TreeMap<>();
    for (String part : text.split(";", -1)) {
      Matcher matcher = PLACE.matcher(part);
      if (!matcher.matches()) {
        return Optional.empty();
      }
      SortedMap<Integer, Long> next = new TreeMap<>();
      for (String place : matcher.group(3).split(",")) {
        int hyphen = place.indexOf('-');
        try {
          next.put(
              Integer.valueOf(place.substring(0, hyphen)),
              Long.valueOf(place.substring(hyphen + 1)));
        } catch (NumberFormatException e) {
          return Optional.empty();
        }
      }
      places.put(matcher.group(1).charAt(0), new Place(matcher.group(2), next));
    }
    return Optional.of(new EventId(places));
  }

  @Override
  public String toString() {
    var text = new StringBuilder();
    places.forEach(
        (letter, place) -> {
          text.append(text.isEmpty() ? "" : ";").append(letter).append('@');
          text.append(place.topic()).append(':');
          String comma = "";
          for (Map.Entry<Integer, Long> next : place.next().entrySet()) {
            text.append(comma).append(next.getKey()).append('-').append(next.getValue());
            comma = ",";
          }
        });
    return text.toString();
  }
}
