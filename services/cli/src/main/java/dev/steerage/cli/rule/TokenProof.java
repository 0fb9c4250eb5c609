package dev.steerage.cli.rule;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.Event;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.log.Feed;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.steering.RequestFacts;
import dev.steerage.domain.steering.Share;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.sbe.ActivationsDecoder;
import dev.steerage.schemas.topic.Topic;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// What is on record about one token: which rules were in force, which codes were natural, which
/// slots held another code and by which rule.
///
/// @param position the token was chosen by the forward at this position
/// @param matching rules of the revision that match the request, in the order in which they act;
///   whether one acted is told by the slots that it overwrote
/// @param natural codes by site, slot 0 first; empty where nothing was captured
public record TokenProof(
    Completion.Started started,
    Completion.Token token,
    int position,
    List<Rule> matching,
    Map<Site, List<Integer>> natural,
    List<Overwritten> overwritten) {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /// A slot that held another code than the natural one.
  ///
  /// @param slot k and above: an appended code
  /// @param effective empty: the slot contributed zero
  public record Overwritten(Site site, int slot, Optional<Integer> effective, String rule) {}

  /// Collects it from the tenant's topics.
  ///
  /// @throws CliException if the request or the token is not on record
  public static TokenProof read(EventLog log, TenantId tenant, String request, int index) {
    var said = new Said();
    each(
        log,
        Topics.COMPLETIONS.of(tenant),
        event -> event.value().value().ifPresent(each -> said.hear(each, request, index)));
    if (said.started == null || said.token == null) {
      String what = said.started == null ? "no such request" : "no such token";
      throw new CliException(
          ExitCode.USAGE, what + " on record: request=" + request + ", token=" + index);
    }
    int position = said.started.promptTokens().size() - 1 + index;
    var codes = new Codes();
    each(
        log,
        Topics.ACTIVATIONS.of(tenant),
        event -> {
          if (event.key().equals(request)) {
            codes.hear(event.raw(), position);
          }
        });
    return new TokenProof(
        said.started,
        said.token,
        position,
        matching(log, tenant, said),
        codes.natural,
        codes.overwritten);
  }

  private static List<Rule> matching(EventLog log, TenantId tenant, Said said) {
    List<Prompt> prompts = new ArrayList<>();
    String request = said.started.request();
    each(
        log,
        Topics.PROMPTS.of(tenant),
        event ->
            event
                .value()
                .value()
                .filter(
                    each ->
                        each.request()
                            .orElse(event.partition() + "-" + event.offset())
                            .equals(request))
                .ifPresent(prompts::add));
    Optional<Prompt> prompt = prompts.stream().findFirst();
    RequestFacts facts =
        new RequestFacts(
            request,
            prompt.flatMap(Prompt::session),
            prompt.map(Prompt::labels).orElse(Map.of()),
            said.started.model(),
            said.started.promptTokens().size(),
            prompt.map(Prompt::standingRules).orElse(true));
    List<Revision> history = new RuleLog(log, tenant).history();
    JudgedLog judged =
        JudgedLog.read(log, history, said.token.revision()).get(said.started.model());
    return judged == null
        ? List.of()
        : judged.book().rules(said.started.model()).stream()
            .filter(rule -> Share.matchesStanding(rule, facts))
            .toList();
  }

  private static <V> void each(EventLog log, Topic<String, V> topic, Consumer<Event<V>> sink) {
    try (Feed<V> feed = log.follow(topic, Feed.From.START)) {
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (!feed.isCaughtUp()) {
        if (System.nanoTime() > deadline) {
          throw new CliException(
              ExitCode.TIMEOUT, topic.name() + " not read in " + LIMIT.toSeconds() + " s");
        }
        feed.poll(POLL).forEach(sink);
      }
    }
  }

  /// What completions say.
  private static final class Said {
    private Completion.Started started;
    private Completion.Token token;

    void hear(Completion completion, String request, int index) {
      if (!completion.request().equals(request)) {
        return;
      }
      switch (completion) {
        case Completion.Started each -> started = each;
        case Completion.Tokens tokens ->
            tokens.tokens().stream()
                .filter(each -> each.index() == index)
                .forEach(each -> token = each);
        case Completion.Paired _, Completion.Finished _, Completion.Duplicate _ -> {
          // They say nothing about a token.
        }
      }
    }
  }

  /// What activations say about one position.
  private static final class Codes {
    private final ActivationsDecoder decoder = new ActivationsDecoder();
    private final Map<Site, List<Integer>> natural = new TreeMap<>();
    private final List<Overwritten> overwritten = new ArrayList<>();

    void hear(byte[] frame, int position) {
      if (decoder.wrap(frame).isPresent()) {
        return;
      }
      int at = position - decoder.firstPosition();
      if (at < 0 || at >= decoder.positions()) {
        return;
      }
      overwritten.clear();
      Map<Integer, Site> sites = new TreeMap<>();
      for (int site = 0; site < decoder.sites(); site++) {
        List<Integer> codes = new ArrayList<>();
        for (int slot = 0; slot < decoder.slots(site); slot++) {
          codes.add(decoder.code(at, site, slot));
        }
        natural.put(decoder.site(site), codes);
        sites.put(decoder.siteIndex(site), decoder.site(site));
      }
      for (int i = 0; i < decoder.overwritten(); i++) {
        if (decoder.overwrittenPosition(i) == position) {
          int code = decoder.overwrittenEffective(i);
          overwritten.add(
              new Overwritten(
                  sites.get(decoder.overwrittenSiteIndex(i)),
                  decoder.overwrittenSlot(i),
                  code < 0 ? Optional.empty() : Optional.of(code),
                  decoder.overwrittenRule(i).orElse("")));
        }
      }
    }
  }
}
