package dev.steerage.worker.generation;

import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.worker.rules.Refused;
import dev.steerage.worker.tick.TickEvent;
import java.util.Optional;
import java.util.OptionalInt;

/// Does what commands say to requests that are here. Decode thread only.
final class OrderHandler {
  private final String worker;
  private final Clock clock;
  private final StepEvents step;
  private final Ending ending;

  /// Ends a request, running or waiting.
  interface Ending {
    void end(Ticket ticket, RequestRun.Ending how);
  }

  OrderHandler(String worker, Clock clock, StepEvents step, Ending ending) {
    this.worker = worker;
    this.clock = clock;
    this.step = step;
    this.ending = ending;
  }

  void obey(Order order, Ticket ticket) {
    switch (order.command().kind()) {
      case CANCEL -> {
        accept(order, ticket);
        ending.end(ticket, RequestRun.Ending.of(Completion.Reason.CANCELLED));
      }
      case STOP -> {
        accept(order, ticket);
        if (ticket.run().isPresent()) {
          ticket.run().get().stopAfterToken();
        } else {
          ending.end(ticket, RequestRun.Ending.of(Completion.Reason.STOP));
        }
      }
      case DEADLINE -> deadline(order, ticket);
      case STEER -> steer(order, ticket);
    }
    step.urgent();
  }

  private void deadline(Order order, Ticket ticket) {
    if (order.command().deadlineMs().isEmpty()) {
      refuse(order, ticket, Refusal.MALFORMED, "a deadline command without a deadline");
      return;
    }
    accept(order, ticket);
    ticket.deadline(order.command().deadlineMs().getAsLong(), clock.nanos(), clock.epochMs());
  }

  /// A steer command is acknowledged when it first acts, with the token it acts on.
  private void steer(Order order, Ticket ticket) {
    if (ticket.run().isEmpty()) {
      ticket.early().add(order);
      return;
    }
    RequestRun run = ticket.run().get();
    Optional<Refused> refused =
        run.steering()
            .steer(
                order.id(),
                order.partition(),
                order.offset(),
                order.command().actions(),
                run.nextToken());
    refused.ifPresent(why -> refuse(order, ticket, why.refusal(), why.detail()));
  }

  void settle(Claim.Settled settled, Ticket ticket) {
    switch (settled.command().kind()) {
      case DEADLINE ->
          settled
              .command()
              .deadlineMs()
              .ifPresent(at -> ticket.deadline(at, clock.nanos(), clock.epochMs()));
      case STEER ->
          settled
              .tokenIndex()
              .ifPresent(
                  index ->
                      ticket
                          .run()
                          .orElseThrow()
                          .steering()
                          .resumeSteer(
                              settled.id(),
                              settled.partition(),
                              settled.offset(),
                              settled.command().actions(),
                              index));
      // Both end a request; a request that goes on has none.
      case CANCEL, STOP -> {}
    }
  }

  private void accept(Order order, Ticket ticket) {
    ack(order, ticket, RuleAck.Kind.ACCEPTED, Optional.empty(), Optional.empty());
  }

  private void refuse(Order order, Ticket ticket, Refusal refusal, String detail) {
    ack(order, ticket, RuleAck.Kind.REFUSED, Optional.of(refusal), Optional.of(detail));
  }

  private void ack(
      Order order,
      Ticket ticket,
      RuleAck.Kind kind,
      Optional<Refusal> refusal,
      Optional<String> detail) {
    OptionalInt token =
        ticket.run().map(run -> OptionalInt.of(run.nextToken())).orElse(OptionalInt.empty());
    step.add(
        new TickEvent.Acked(
            ticket.origin().partition(),
            order.tenant(),
            new RuleAck(
                kind,
                order.id(),
                RuleAck.SubjectKind.COMMAND,
                order.offset(),
                Optional.of(ticket.origin().request()),
                kind == RuleAck.Kind.ACCEPTED ? token : OptionalInt.empty(),
                worker,
                refusal,
                detail)));
  }
}
