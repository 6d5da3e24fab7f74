using Map.Core.Errors;
using Map.Core.Services;
using Map.Hub.Binding;
using HolonError = Map.Core.Errors.HolonError;

namespace Map.Rpc.Services;

/// <summary>Turns refusals of the hub into gRPC statuses with the HolonError as detail.</summary>
internal static class ServiceErrors
{
    /// <summary>Runs an action of the hub.</summary>
    /// <exception cref="GrpcStatusException">The hub refused it.</exception>
    public static T Run<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (HolonException e)
        {
            throw ToStatus(e.Errors[0], e.Errors.Count - 1, e);
        }
        catch (StoreException e)
        {
            throw ToStatus(new HolonError(HolonErrorCode.StoreUnavailable, e.Message), 0, e);
        }
        catch (BackupException e)
        {
            var code = e.IsWrongPath ? HolonErrorCode.InvalidRequest
                : e.IsBusy ? HolonErrorCode.BackupRunning
                : HolonErrorCode.BackupFailed;
            throw ToStatus(new HolonError(code, e.Message) { IsRetryable = e.IsBusy }, 0, e);
        }
    }

    public static GrpcStatusException ToStatus(HolonErrorCode code, string message) =>
        ToStatus(new HolonError(code, message));

    public static GrpcStatusException ToStatus(HolonError error, int more = 0, Exception? cause = null)
    {
        var place = error.Place is { } at ? $"{at.File}:{at.Line}:{at.Column}: " : "";
        var rest = more > 0 ? $" ({more} more errors)" : "";
        return new GrpcStatusException(StatusOf(error.Code), place + error.Message + rest, WireWriter.ToWire(error), cause);
    }

    private static StatusCode StatusOf(HolonErrorCode code) => code switch
    {
        HolonErrorCode.TransactionNotFound or HolonErrorCode.SpaceNotFound or HolonErrorCode.ContentNotFound
            or HolonErrorCode.TokenNotFound or HolonErrorCode.ModuleNotFound => StatusCode.NotFound,
        HolonErrorCode.SpaceExists or HolonErrorCode.TokenExists => StatusCode.AlreadyExists,
        HolonErrorCode.Denied => StatusCode.PermissionDenied,
        HolonErrorCode.TooManyTransactions or HolonErrorCode.TooManyHolons or HolonErrorCode.TooLarge
            or HolonErrorCode.TooMuchContent or HolonErrorCode.LimitReached or HolonErrorCode.WatchTooSlow
            or HolonErrorCode.ModuleTooCostly or HolonErrorCode.QueryTooLarge or HolonErrorCode.QueryReadsTooMuch
            or HolonErrorCode.QueryTimedOut => StatusCode.ResourceExhausted,
        HolonErrorCode.CommitNotFound => StatusCode.OutOfRange,
        HolonErrorCode.StoreUnavailable or HolonErrorCode.BackupRunning => StatusCode.Unavailable,
        HolonErrorCode.BackupFailed or HolonErrorCode.ModuleInUse => StatusCode.FailedPrecondition,
        _ => StatusCode.InvalidArgument,
    };
}
