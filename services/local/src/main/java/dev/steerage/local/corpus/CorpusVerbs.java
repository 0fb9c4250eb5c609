package dev.steerage.local.corpus;

import picocli.CommandLine;

/// Puts the verbs of this package where users look for them.
public final class CorpusVerbs {
  private CorpusVerbs() {}

  /// Adds them to the root command's verbs.
  public static void addTo(CommandLine root) {
    root.getSubcommands().get("concept").addSubcommand(new ConceptsDiscoverVerb());
    root.getSubcommands().get("codes").addSubcommand(new CodesExportVerb());
    root.getSubcommands().get("experiment").addSubcommand(new ConceptsVerb());
  }
}
