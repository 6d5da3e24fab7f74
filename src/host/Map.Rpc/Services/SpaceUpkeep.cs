using Map.Core.Errors;
using Map.Core.Services;
using Map.Hub.Spaces;
using Map.V1;
using Microsoft.Extensions.Logging;

namespace Map.Rpc.Services;

/// <summary>The part of <c>map.v1.MapAdmin</c> that looks after the stores: status, checks and backups.</summary>
internal sealed partial class SpaceUpkeep(HolonSpaces spaces, ISpaceKeeper keeper, ILogger logger)
{
    /// <summary>How the spaces are that a caller may use.</summary>
    public IEnumerable<SpaceStatus> Describe(Caller caller) =>
        from space in spaces.List()
        where caller.MayUse(space.Name)
        select KeepingMessages.ToWire(space, ServiceErrors.Run(() => keeper.Describe(space.Id)), spaces.CountOpenTransactions(space.Id));

    public async ValueTask VerifyAsync(VerifyRequest request, IMessageWriter<VerifyResponse> responses, CallContext call)
    {
        var chosen = request.Space.Length == 0
            ? [.. spaces.List().Where(space => call.Caller.MayUse(space.Name))]
            : new[] { ServiceErrors.Run(() => Allowed(spaces.Require(request.Space), call.Caller)) };
        foreach (var space in chosen)
        {
            var report = await LongWork.RunAsync(
                (progress, cancellation) => keeper.Verify(space.Id, progress, cancellation),
                progress => responses.WriteAsync(new VerifyResponse { Progress = KeepingMessages.ToWire(progress) }), call);
            LogVerified(logger, space.Name, call.Caller.Name, report.Count);
            var wire = KeepingMessages.ToWire(space, report);
            // What a damaged store says of types would say nothing of the holons.
            if (report.Count == 0) await CheckTypesAsync(space, wire, responses, call);
            await responses.WriteAsync(new VerifyResponse { Space = wire });
        }
    }

    private async ValueTask CheckTypesAsync(
        SpaceRecord space, VerifiedSpace wire, IMessageWriter<VerifyResponse> responses, CallContext call)
    {
        var manager = ServiceErrors.Run(() => spaces.Get(space.Id));
        var types = await LongWork.RunAsync(
            manager.CheckTypes,
            progress => responses.WriteAsync(new VerifyResponse { Progress = KeepingMessages.ToWire(progress) }), call);
        wire.WarningCount = (ulong)types.Count;
        wire.Warnings.AddRange(types.Sentences);
    }

    public async ValueTask BackupAsync(BackupRequest request, IMessageWriter<BackupResponse> responses, CallContext call)
    {
        if (!call.Caller.MayUseAll)
            throw ServiceErrors.ToStatus(HolonErrorCode.Denied, "A token for certain spaces cannot make backups, which have all spaces.");
        int? keep = request.Keep == 0 ? null : (int)Math.Min(request.Keep, int.MaxValue);
        LogBackupBegun(logger, request.Destination, call.Caller.Name);
        try
        {
            var backup = await LongWork.RunAsync(
                (progress, cancellation) => keeper.Backup(request.Destination, keep, progress, cancellation),
                progress => responses.WriteAsync(new BackupResponse { Progress = KeepingMessages.ToWire(progress) }), call);
            LogBackedUp(logger, backup.Id, request.Destination, call.Caller.Name, backup.Spaces.Count, backup.LeftOut.Count);
            await responses.WriteAsync(new BackupResponse { Backup = KeepingMessages.ToWire(backup) });
        }
        catch (GrpcStatusException failure)
        {
            LogBackupFailed(logger, request.Destination, call.Caller.Name, failure.Message);
            throw;
        }
    }

    private static SpaceRecord Allowed(SpaceRecord space, Caller caller) => caller.MayUse(space.Name)
        ? space
        : throw new HolonException(HolonErrorCode.Denied, $"The token may not use the space \"{space.Name}\".");

    [LoggerMessage(1, LogLevel.Information, "Space {Space} was verified for {Caller}: {Findings} findings")]
    private static partial void LogVerified(ILogger logger, string space, string caller, long findings);

    [LoggerMessage(2, LogLevel.Information, "A backup to {Destination} was begun for {Caller}")]
    private static partial void LogBackupBegun(ILogger logger, string destination, string caller);

    [LoggerMessage(3, LogLevel.Information, "Backup {Backup} to {Destination} was made for {Caller}: {Spaces} spaces, {LeftOut} left out")]
    private static partial void LogBackedUp(ILogger logger, string backup, string destination, string caller, int spaces, int leftOut);

    [LoggerMessage(4, LogLevel.Warning, "The backup to {Destination} for {Caller} failed: {Reason}")]
    private static partial void LogBackupFailed(ILogger logger, string destination, string caller, string reason);
}
