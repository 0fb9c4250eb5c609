package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.rule.JudgedLog;
import dev.steerage.cli.rule.Revision;
import dev.steerage.cli.rule.RevisionArgument;
import dev.steerage.cli.rule.RuleLog;
import dev.steerage.cli.rule.RuleText;
import dev.steerage.cli.terminal.Printable;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.rule.RuleBook;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.RuleDiff;
import dev.steerage.domain.rule.RuleProblem;
import dev.steerage.domain.rule.RuleValidation;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `rule rollback`.
@Command(
    name = "rollback",
    mixinStandardHelpOptions = true,
    description = "Restore what was in force at a revision or time.",
    footer = {
      "",
      "Nothing is taken out of the log: new records, with you as author, put the rules and"
          + " concepts",
      "of then and remove the others."
    })
final class RuleRollbackVerb extends Verb {
  @Parameters(paramLabel = "REVISION", description = "A revision or a time.")
  private String to;

  @Option(
      names = "--author",
      paramLabel = "NAME",
      defaultValue = "${sys:user.name}",
      description = "Who says so. Default: ${DEFAULT-VALUE}.")
  private String author;

  @Option(names = "--dry-run", description = "Say what would be written, and write nothing.")
  private boolean isDryRun;

  @Override
  protected ExitCode run(Terminal terminal) {
    try (EventLog log = connection().open()) {
      RuleLog rules = new RuleLog(log, connection().tenant());
      List<Revision> history = rules.history();
      long target = RevisionArgument.resolve(to, history);
      List<RuleChange> records = records(log, history, target);
      List<Long> revisions = isDryRun ? List.of() : rules.putAll(records);
      for (int i = 0; i < records.size(); i++) {
        RuleChange record = records.get(i);
        String place = isDryRun ? "would write" : "revision " + revisions.get(i);
        String what = RuleLog.idOf(record) + " " + RuleText.of(record);
        terminal.line(place + "  " + Printable.line(what));
      }
      if (records.isEmpty()) {
        terminal.note("revision " + target + " is what is in force");
      }
      return ExitCode.OK;
    }
  }

  private List<RuleChange> records(EventLog log, List<Revision> history, long target) {
    Map<String, JudgedLog> then = JudgedLog.read(log, history, target);
    // A rule id may stand for several models, whose rules one removal takes away together.
    Set<RuleChange> records = new LinkedHashSet<>();
    JudgedLog.read(log, history, Long.MAX_VALUE)
        .forEach(
            (model, now) -> {
              List<RuleChange> own =
                  RuleDiff.of(model, now.book(), then.get(model).book()).records(author);
              check(now, own);
              records.addAll(own);
            });
    return new ArrayList<>(records);
  }

  /// Every record must be taken after those before it, or nothing is written.
  private static void check(JudgedLog now, List<RuleChange> records) {
    RuleBook book = now.book();
    for (RuleChange record : records) {
      List<RuleProblem> problems = RuleValidation.check(book, record, now.shape());
      if (!problems.isEmpty()) {
        throw new CliException(
            ExitCode.REFUSED,
            "cannot be restored, nothing was written: "
                + RuleLog.idOf(record)
                + " would be refused: "
                + RulePlanVerb.sentence(problems.getFirst()));
      }
      book = book.apply(book.revision() + 1, record);
    }
  }
}
