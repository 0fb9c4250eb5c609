package dev.steerage.index.topics;

import dev.steerage.domain.codebook.Code;
import dev.steerage.index.search.OpenCorpus;
import dev.steerage.index.topics.TopicCodes.TopicCode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;

/// Finds topics without being told what to look for: codes that fire on a large share of a
/// document's tokens, put together by the documents through which they fire.
public final class TopicFinder {
  private TopicFinder() {}

  /// The topics of a corpus, those of most documents first.
  ///
  /// @param most topics
  /// @param progress told how many documents were read
  public static List<Topic> of(
      OpenCorpus open, TopicSettings settings, int most, LongConsumer progress) {
    List<TopicCode> codes = TopicCodes.of(open, settings, progress);
    if (codes.size() > TopicSettings.MOST_CODES) {
      codes = codes.subList(0, TopicSettings.MOST_CODES);
    }
    List<Cluster> clusters = clusters(codes, open.corpus().documents(), settings.leastPhi());
    TopicWords words = new TopicWords(open);
    return clusters.stream()
        .sorted(
            Comparator.comparingInt((Cluster each) -> each.documents().cardinality())
                .reversed()
                .thenComparing(each -> each.codes().getFirst()))
        .limit(most)
        .map(each -> topic(each, words))
        .toList();
  }

  private record Cluster(List<Code> codes, BitSet documents, double phi) {}

  /// Each code that is not taken yet leads a cluster of all those that agree with it.
  private static List<Cluster> clusters(List<TopicCode> codes, long documents, double leastPhi) {
    List<Cluster> clusters = new ArrayList<>();
    boolean[] isTaken = new boolean[codes.size()];
    for (int i = 0; i < isTaken.length; i++) {
      if (isTaken[i]) {
        continue;
      }
      List<TopicCode> members = new ArrayList<>(List.of(codes.get(i)));
      double sum = 0;
      for (int j = i + 1; j < isTaken.length; j++) {
        double phi = isTaken[j] ? -1 : phi(codes.get(i), codes.get(j), documents);
        if (phi >= leastPhi) {
          isTaken[j] = true;
          members.add(codes.get(j));
          sum += phi;
        }
      }
      clusters.add(
          new Cluster(
              members.stream().map(TopicCode::code).toList(),
              shared(members),
              members.size() == 1 ? 1 : sum / (members.size() - 1)));
    }
    return clusters;
  }

  private static double phi(TopicCode left, TopicCode right, double all) {
    BitSet both = (BitSet) left.documents().clone();
    both.and(right.documents());
    double a = left.documents().cardinality();
    double b = right.documents().cardinality();
    double spread = Math.sqrt(a * b) * Math.sqrt((all - a) * (all - b));
    return spread == 0 ? 0 : (both.cardinality() * all - a * b) / spread;
  }

  /// Documents through which at least half of the codes fire.
  private static BitSet shared(List<TopicCode> members) {
    BitSet any = new BitSet();
    members.forEach(each -> any.or(each.documents()));
    BitSet shared = new BitSet();
    any.stream()
        .filter(
            document ->
                2 * members.stream().filter(each -> each.documents().get(document)).count()
                    >= members.size())
        .forEach(shared::set);
    return shared;
  }

  private static Topic topic(Cluster cluster, TopicWords words) {
    TopicWords.Found found = words.of(cluster.documents());
    return new Topic(
        cluster.codes(),
        cluster.documents().cardinality(),
        cluster.phi(),
        found.words(),
        found.share(),
        found.rate(),
        found.examples());
  }
}
