using Google.Protobuf;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Hub.Binding;
using Map.Hub.Commands;
using Map.Hub.Content;
using Map.Hub.Dances;
using Map.Hub.Spaces;
using Map.Hub.Transactions;
using Map.V1;
using Microsoft.Extensions.Logging;
using HolonError = Map.Core.Errors.HolonError;
using TransactionId = Map.Core.Identity.TransactionId;

namespace Map.Hub.Dispatch;

/// <summary>
/// The only door: resolves the transaction, checks authority and the command's policy, runs it, records, answers.
/// Dispatch is by the shape of the message.
/// </summary>
public sealed class CommandDispatcher
{
    private readonly HolonSpaces _spaces;
    private readonly CommandRegistry _registry;
    private readonly CommandServices _services;
    private readonly MemoryLimit _memory;
    private readonly ILogger _logger;

    /// <summary>A dispatcher over the spaces.</summary>
    public CommandDispatcher(
        HolonSpaces spaces,
        CommandRegistry registry,
        ContentStore content,
        HubOptions options,
        TimeProvider time,
        ILogger<CommandDispatcher> logger)
    {
        _spaces = spaces;
        _registry = registry;
        _memory = new MemoryLimit(options.MaxMemoryBytes, time);
        _services = new CommandServices(options, new PageTokens(), content, new DanceRunner(options.Guests), time);
        _logger = logger;
    }

    /// <summary>Runs one command.</summary>
    /// <param name="request">The request.</param>
    /// <param name="caller">Who sent it.</param>
    /// <param name="requestId">Makes a mutation safe to repeat; null or empty for none.</param>
    /// <param name="cancellation">Ends the command before it takes effect.</param>
    /// <exception cref="OperationCanceledException">Cancelled, without effect.</exception>
    public MapResponse Execute(MapRequest request, Caller caller, string? requestId, CancellationToken cancellation)
    {
        var command = CommandNames.Of(request);
        var transaction = default(TransactionId?);
        using var record = HubTelemetry.Start(command);
        try
        {
            cancellation.ThrowIfCancellationRequested();
            transaction = WireReader.ToTransactionId(request.TransactionId, "transaction_id");
            var (body, warnings) = Run(request, transaction.Value, caller, requestId, cancellation);
            var response = new MapResponse { Success = true };
            if (body is not null) response.Body = body;
            response.Errors.AddRange(warnings.Select(WireWriter.ToWire));
            record.Outcome = "ok";
            Log(request, command, transaction, caller, body);
            return response;
        }
        catch (OperationCanceledException)
        {
            record.Outcome = "cancelled";
            throw;
        }
        catch (Exception e)
        {
            var errors = ToErrors(e, command, transaction);
            record.Outcome = errors[0].Code.ToString();
            if (errors[0].Code == HolonErrorCode.Denied) HubLog.Denied(_logger, command, transaction, caller.Name, errors[0].Message);
            if (_logger.IsEnabled(LogLevel.Debug)) HubLog.Command(_logger, command, transaction, caller.Name, record.Outcome, Shorten(request.Name));
            var response = new MapResponse { Success = false };
            response.Errors.AddRange(errors.Select(WireWriter.ToWire));
            return response;
        }
    }

    /// <summary>Whether a request may take so long that those of other transactions are not to wait for it.</summary>
    public bool MayTakeLong(MapRequest request)
    {
        CommandHandler? handler = request.Command?.IntentCase switch
        {
            CommandBody.IntentOneofCase.Query => _registry.Find(request.Command.Query.CommandCase),
            CommandBody.IntentOneofCase.Mutation => _registry.Find(request.Command.Mutation.CommandCase),
            _ => null,
        };
        return handler is { MayTakeLong: true };
    }

    private (CommandResponse? Body, IReadOnlyList<HolonError> Warnings) Run(
        MapRequest request, TransactionId id, Caller caller, string? requestId, CancellationToken cancellation)
    {
        var manager = FindSpace(id);
        if (!caller.MayUse(manager.Space.Name)) throw Denied($"The token may not use the space \"{manager.Space.Name}\".");
        var transaction = manager.Find(id);
        return request.Command?.IntentCase switch
        {
            CommandBody.IntentOneofCase.Query => (Query(request.Command.Query, transaction, caller, cancellation), []),
            CommandBody.IntentOneofCase.Mutation => Mutate(request.Command.Mutation, manager, transaction, caller, requestId, cancellation),
            _ => throw WireReader.Missing("command"),
        };
    }

    private CommandResponse Query(QueryCommand query, Transaction transaction, Caller caller, CancellationToken cancellation)
    {
        if (query.CommandCase == QueryCommand.CommandOneofCase.None) throw WireReader.Missing("command.query");
        var (view, moves) = transaction.Read(cancellation);
        var handler = _registry.Find(query.CommandCase) ?? throw NotImplemented(CommandNames.Of(query.CommandCase));
        RequireScope(handler.Policy, caller);
        return handler.Answer(new QueryContext(view, moves, transaction.EnforcesTypes, _services, cancellation), query);
    }

    private (CommandResponse? Body, IReadOnlyList<HolonError> Warnings) Mutate(
        MutationCommand mutation,
        HolonSpaceManager manager,
        Transaction transaction,
        Caller caller,
        string? requestId,
        CancellationToken cancellation)
    {
        if (mutation.CommandCase == MutationCommand.CommandOneofCase.None) throw WireReader.Missing("command.mutation");
        var handler = _registry.Find(mutation.CommandCase) ?? throw NotImplemented(CommandNames.Of(mutation.CommandCase));
        RequireScope(handler.Policy, caller);
        if (handler.Policy.IsUndoStep) _memory.RequireRoom();
        var stamp = RequestStamp.Of(requestId, mutation);
        var context = new MutationContext(transaction, caller, _services, stamp, cancellation);
        var body = handler.Run(context, mutation);
        if (handler.Policy.EndsTransaction) manager.Forget(transaction.Id);
        return (body, context.Warnings);
    }

    private HolonSpaceManager FindSpace(TransactionId id)
    {
        try
        {
            return _spaces.Get(id.Space);
        }
        catch (HolonException e) when (e.Errors[0].Code == HolonErrorCode.SpaceNotFound)
        {
            throw Endings.NotFound(id);
        }
    }

    private static void RequireScope(CommandPolicy policy, Caller caller)
    {
        if (caller.Scope >= policy.Scope) return;
        throw Denied($"The command needs the scope \"{policy.Scope.ToString().ToLowerInvariant()}\"; the token \"{caller.Name}\" has \"{caller.Scope.ToString().ToLowerInvariant()}\".");
    }

    private static HolonException Denied(string message) => new(HolonErrorCode.Denied, message);

    private static HolonException NotImplemented(string command) => new(
        HolonErrorCode.NotImplemented, $"This version of the daemon does not implement {command}.", field: "command");

    private IReadOnlyList<HolonError> ToErrors(Exception exception, string command, TransactionId? transaction)
    {
        switch (exception)
        {
            case HolonException refused:
                return refused.Errors;
            case StoreException store:
                HubLog.Store(_logger, store, command, transaction);
                var code = store.IsInDoubt ? HolonErrorCode.CommitInDoubt : HolonErrorCode.StoreUnavailable;
                return [new HolonError(code, store.Message)];
            default:
                var incident = Guid.NewGuid().ToString("N");
                HubLog.Defect(_logger, exception, command, transaction, incident);
                return [new HolonError(
                    HolonErrorCode.Internal, $"The daemon met a defect of its own; nothing was changed. The log has more under {incident}.")];
        }
    }

    private void Log(MapRequest request, string command, TransactionId? transaction, Caller caller, CommandResponse? body)
    {
        if (body?.Commit is { } commit)
            HubLog.Commit(_logger, commit.CommitNumber, transaction, caller.Name, commit.SavedCount, commit.DeletedCount);
        if (_logger.IsEnabled(LogLevel.Debug))
            HubLog.Command(_logger, command, transaction, caller.Name, "ok", Shorten(request.Name));
    }

    /// <summary>A client's name for a request, as long as a log line bears.</summary>
    private static string Shorten(string name) => name.Length <= 100 ? name : name[..100];
}
