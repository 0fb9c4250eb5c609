package dev.steerage.experiments.text;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// The patterns of `infra/models/reports/text-detectors-protocol.md`, in its order.
final class TextPatterns {
  private TextPatterns() {}

  /// By name.
  static Map<String, Pattern> all() {
    Map<String, Pattern> all = new LinkedHashMap<>();
    namesAndPronouns(all);
    verbsAndTopics(all);
    topicsAndSpelling(all);
    return all;
  }

  private static void namesAndPronouns(Map<String, Pattern> all) {
    words(
        all,
        "months",
        "January|February|March|April|June|July|August|September|October|November|" + "December");
    words(all, "weekdays", "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday");
    words(all, "years", "1[0-9]{3}|20[0-9]{2}");
    words(all, "numbers in words", "two|three|four|five|six|seven|eight|nine|ten|twelve");
    words(all, "ordinals", "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth");
    words(
        all,
        "men's names",
        "John|James|William|George|Robert|David|Charles|Thomas|Michael|Peter|Paul|Henry|"
            + "Richard|Edward");
    words(
        all,
        "women's names",
        "Mary|Elizabeth|Anne|Anna|Jane|Margaret|Victoria|Sarah|Catherine|Alice|Emily|" + "Kate");
    words(
        all,
        "countries",
        "England|France|Germany|Australia|Japan|China|India|Canada|Ireland|Scotland|"
            + "Italy|Spain|Russia");
    words(
        all,
        "nationalities",
        "British|American|French|German|English|Australian|Japanese|Chinese|Indian|"
            + "Canadian|Irish|Scottish|Italian|Spanish|Roman|Russian");
    words(
        all,
        "directions",
        "north|south|east|west|northern|southern|eastern|western|northeast|northwest|"
            + "southeast|southwest");
    words(all, "colours", "red|blue|green|yellow|white|black|brown|grey|orange|purple|pink|golden");
    words(
        all,
        "negative emotions",
        "sad|anger|angry|fear|fears|feared|afraid|hatred|grief|sorrow|upset|despair|"
            + "jealous|lonely|ashamed|anxiety|frustrated|frustration");
    words(
        all,
        "positive emotions",
        "happy|happiness|joy|love|loved|pleased|delighted|proud|hope|hoped|enjoyed|" + "excited");
    words(
        all,
        "family",
        "father|mother|son|daughter|brother|sister|wife|husband|parents|children|family");
    words(all, "he", "he|He|him|his|His|himself");
    words(all, "she", "she|She|her|Her|hers|herself");
    words(all, "they", "they|They|them|their|Their|themselves");
    words(all, "first person", "I|we|We|me|us|my|My|our|Our");
  }

  private static void verbsAndTopics(Map<String, Pattern> all) {
    words(
        all,
        "saying",
        "said|stated|wrote|commented|noted|described|reported|announced|claimed|argued|"
            + "explained");
    words(all, "modal verbs", "would|could|should|might|may|must|can|will");
    words(all, "was and were", "was|were");
    words(all, "having", "had|has|have|having");
    words(
        all, "soldiers", "army|troops|battalion|regiment|soldiers|infantry|brigade|corps|division");
    words(all, "war", "war|battle|attack|attacks|invasion|siege|fighting");
    words(
        all,
        "ships",
        "ship|ships|fleet|cruiser|battleship|battleships|destroyer|destroyers|submarine|" + "navy");
    words(all, "film and television", "film|films|movie|episode|episodes|television|season|series");
    words(all, "music", "album|albums|song|songs|music|band|guitar|vocals|chart");
    words(all, "sports", "game|games|team|teams|league|match|matches|player|players|goal|goals");
    words(all, "storms", "hurricane|storm|storms|cyclone|tropical|winds|rainfall|flooding");
    words(all, "roads", "highway|route|road|roads|street|bridge|freeway|interstate");
    words(all, "religion", "church|churches|cathedral|temple|religious|Christian|bishop|God");
  }

  private static void topicsAndSpelling(Map<String, Pattern> all) {
    words(all, "royalty", "king|queen|prince|princess|emperor|throne|royal|King|Queen|Prince");
    words(
        all, "politics", "government|president|minister|election|parliament|senate|party|congress");
    words(
        all,
        "education",
        "university|school|schools|college|students|education|University|School|College");
    words(all, "animals", "bird|birds|species|animals|fish|insects|dogs|prey|genus");
    words(all, "body", "body|head|face|eyes|hand|hands|arms|heart|blood|hair");
    words(all, "time spans", "years|months|days|hours|weeks|minutes|decades|seconds");
    words(all, "units", "km|mi|m|ft|kg|lb|mph|miles|inches|metres|feet|mm");
    words(all, "money and shares", "million|billion|percent|dollars|cents");
    words(all, "thousands", "[0-9]+ @,@ [0-9]+");
    words(all, "decimals", "[0-9]+ @\\.@ [0-9]+");
    words(all, "unknown words", "<unk>");
    words(all, "joined words", "@-@");
  }

  /// Whole words as WikiText-2 writes them: between spaces.
  private static void words(Map<String, Pattern> all, String name, String alternatives) {
    all.put(name, Pattern.compile("(?<!\\S)(?:" + alternatives + ")(?!\\S)"));
  }
}
