package dev.steerage.index.desk;

import dev.steerage.domain.codebook.Code;
import dev.steerage.schemas.index.CodeLabels;
import dev.steerage.schemas.index.CodeLabels.Label;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// Labels of codes: those of the platform, and those of each tenant, which only that tenant sees.
/// Thread-safe.
public final class LabelBook {
  /// Labels of one owner and model; further ones are refused.
  public static final int MOST = 1_000_000;

  private static final String PLATFORM = "";

  private final Map<Key, ConcurrentSkipListMap<Code, Label>> labels = new ConcurrentHashMap<>();

  private record Key(String owner, String model) {}

  /// Puts a label in the place of the owner's former one of the same code.
  ///
  /// @return false if the owner has too many
  public boolean put(String model, Code code, Label label) {
    var own =
        labels.computeIfAbsent(new Key(label.owner(), model), _ -> new ConcurrentSkipListMap<>());
    if (own.size() >= MOST && !own.containsKey(code)) {
      return false;
    }
    own.put(code, label);
    return true;
  }

  /// Takes an owner's label away.
  public void remove(String owner, String model, Code code) {
    var own = labels.get(new Key(owner, model));
    if (own != null) {
      own.remove(code);
    }
  }

  /// Takes all labels of an owner away.
  public void removeAll(String owner) {
    labels.keySet().removeIf(key -> key.owner().equals(owner));
  }

  private ConcurrentSkipListMap<Code, Label> of(String owner, String model) {
    return labels.getOrDefault(new Key(owner, model), new ConcurrentSkipListMap<>());
  }

  /// The labels of a code that a tenant sees: its own first, then the platform's.
  public List<Label> of(String tenant, String model, Code code) {
    List<Label> found = new ArrayList<>();
    for (String owner : owners(tenant)) {
      Label label = of(owner, model).get(code);
      if (label != null) {
        found.add(label);
      }
    }
    return found;
  }

  private static List<String> owners(String tenant) {
    return tenant.equals(PLATFORM) ? List.of(PLATFORM) : List.of(tenant, PLATFORM);
  }

  /// What a tenant calls a code; empty: nothing.
  public String text(String tenant, String model, Code code) {
    return of(tenant, model, code).stream().map(Label::text).findFirst().orElse("");
  }

  /// Codes with exactly this label, whatever its case.
  public List<Code> labelled(String tenant, String model, String text) {
    return owners(tenant).stream()
        .flatMap(owner -> of(owner, model).entrySet().stream())
        .filter(each -> each.getValue().text().equalsIgnoreCase(text))
        .map(Map.Entry::getKey)
        .distinct()
        .sorted()
        .toList();
  }

  /// Labels that contain a text, whatever its case, or those of one code.
  ///
  /// @param query empty: all
  public CodeLabels find(String tenant, String model, String query, int most) {
    String wanted = query.toLowerCase(Locale.ROOT);
    List<CodeLabels.Labelled> found = new ArrayList<>();
    for (String owner : owners(tenant)) {
      of(owner, model)
          .forEach(
              (code, label) -> {
                if (code.toString().equals(query)
                    || label.text().toLowerCase(Locale.ROOT).contains(wanted)) {
                  found.add(new CodeLabels.Labelled(code, label));
                }
              });
    }
    found.sort(Comparator.comparing(CodeLabels.Labelled::code));
    return new CodeLabels(found.stream().limit(most).toList(), found.size());
  }
}
