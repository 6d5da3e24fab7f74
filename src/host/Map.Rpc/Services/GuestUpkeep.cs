using Map.Core.Dancing;
using Map.Core.Errors;
using Map.Core.Services;
using Map.Hub.Binding;
using Map.Hub.Spaces;
using Map.V1;
using Microsoft.Extensions.Logging;
using HolonId = Map.Core.Identity.HolonId;

namespace Map.Rpc.Services;

/// <summary>The part of <c>map.v1.MapAdmin</c> that installs and removes the modules of guests.</summary>
internal sealed partial class GuestUpkeep(HolonSpaces spaces, IGuestModules modules, ILogger logger)
{
    private const int MostTold = 5;

    public async ValueTask<InstallGuestResponse> InstallAsync(InstallGuestRequest request, CallContext call)
    {
        RequireAllSpaces(call.Caller, "install");
        try
        {
            var (module, isNew) = await RunAsync(cancellation => modules.Install(request.Module.Memory, cancellation), call);
            if (isNew) LogInstalled(logger, module.Name, module.Sha256, call.Caller.Name);
            return new InstallGuestResponse { Guest = ToWire(module), WasInstalled = !isNew };
        }
        catch (GrpcStatusException refusal)
        {
            LogRefused(logger, request.Module.Length, call.Caller.Name, refusal.Message);
            throw;
        }
    }

    public ListGuestsResponse List()
    {
        var response = new ListGuestsResponse();
        response.Guests.AddRange(modules.List().Select(ToWire));
        return response;
    }

    public async ValueTask<InspectGuestResponse> InspectAsync(InspectGuestRequest request, CallContext call)
    {
        var module = ServiceErrors.Run(() => modules.Get(request.Sha256));
        var (dependents, unread) = await RunAsync(cancellation => DependentsOf(module, call.Caller, cancellation), call);
        var response = new InspectGuestResponse { Guest = ToWire(module) };
        response.Imports.AddRange(module.Imports);
        response.Dependents.AddRange(dependents);
        response.UnreadSpaces.AddRange(unread);
        return response;
    }

    public async ValueTask<RemoveGuestResponse> RemoveAsync(RemoveGuestRequest request, CallContext call)
    {
        RequireAllSpaces(call.Caller, "remove");
        var module = ServiceErrors.Run(() => modules.Get(request.Sha256));
        var dependents = await RunAsync(
            cancellation =>
            {
                var (found, unread) = DependentsOf(module, call.Caller, cancellation);
                if (!request.Force) RequireUnused(module, found, unread);
                modules.Remove(module.Sha256);
                return found;
            },
            call);
        LogRemoved(logger, module.Name, module.Sha256, call.Caller.Name, dependents.Count);
        var response = new RemoveGuestResponse();
        response.Dependents.AddRange(dependents);
        return response;
    }

    /// <summary>It may take long, and is not to hold up the calls of others.</summary>
    private static Task<T> RunAsync<T>(Func<CancellationToken, T> work, CallContext call) =>
        LongWork.RunAsync((_, cancellation) => work(cancellation), _ => ValueTask.CompletedTask, call);

    /// <summary>A module may serve every space.</summary>
    private void RequireAllSpaces(Caller caller, string what)
    {
        if (caller.MayUseAll) return;
        LogDenied(logger, what, caller.Name);
        throw ServiceErrors.ToStatus(HolonErrorCode.Denied, $"A token for certain spaces cannot {what} guest modules, which serve all spaces.");
    }

    private (List<GuestDependent> Dependents, List<string> Unread) DependentsOf(
        InstalledModule module, Caller caller, CancellationToken cancellation)
    {
        var (dependents, unread) = (new List<GuestDependent>(), new List<string>());
        foreach (var space in spaces.List().Where(space => caller.MayUse(space.Name)))
        {
            try
            {
                dependents.AddRange(spaces.Get(space.Id).DependentsOf(module.Sha256, cancellation).Select(each => ToWire(space, each)));
            }
            catch (StoreException)
            {
                unread.Add(space.Name);
            }
        }

        return (dependents, unread);
    }

    private static void RequireUnused(InstalledModule module, List<GuestDependent> dependents, List<string> unread)
    {
        if (dependents.Count > 0)
        {
            throw new HolonException(
                HolonErrorCode.ModuleInUse,
                $"The module \"{module.Name}\" is the code of {Enumerate(dependents, each => $"\"{each.Key}\" in \"{each.Space}\"")}. "
                + "Delete those first, or force the removal; they cannot run then.");
        }

        if (unread.Count == 0) return;
        throw new HolonException(
            HolonErrorCode.StoreUnavailable,
            $"Whether the module \"{module.Name}\" is in use is not known of {Enumerate(unread, each => $"\"{each}\"")}, which cannot be opened. "
            + "See map-daemon status, or force the removal.");
    }

    private static string Enumerate<T>(List<T> items, Func<T, string> toText)
    {
        var rest = items.Count > MostTold ? $" and {items.Count - MostTold:N0} more" : "";
        return string.Join(", ", items.Take(MostTold).Select(toText)) + rest;
    }

    private static GuestModule ToWire(InstalledModule module)
    {
        var wire = new GuestModule
        {
            Sha256 = module.Sha256,
            Name = module.Name,
            Version = module.Version,
            Description = module.Description,
            Abi = module.Abi,
            Capabilities = new GuestCapabilities(),
            Limits = new GuestLimits { Fuel = (ulong)module.Fuel, MemoryBytes = (ulong)module.MemoryBytes },
            Bytes = (ulong)module.Bytes,
            InstalledAt = WireWriter.ToTimestamp(module.InstalledUnixMicros),
            Problem = module.Problem,
        };
        wire.Capabilities.Read.AddRange(module.Reads);
        wire.Capabilities.Write.AddRange(module.Writes);
        wire.Capabilities.Delete.AddRange(module.Deletes);
        wire.Entrypoints.AddRange(module.Entrypoints);
        return wire;
    }

    private static GuestDependent ToWire(SpaceRecord space, ModuleDependent dependent) => new()
    {
        Space = space.Name,
        HolonId = WireWriter.ToWire(new HolonId(space.Id, dependent.Holon)),
        Key = dependent.Key,
        TypeName = dependent.TypeName,
    };

    [LoggerMessage(10, LogLevel.Information, "Guest module {Name} ({Sha256}) was installed for {Caller}")]
    private static partial void LogInstalled(ILogger logger, string name, string sha256, string caller);

    [LoggerMessage(12, LogLevel.Warning, "A guest module of {Bytes} bytes was refused for {Caller}: {Reason}")]
    private static partial void LogRefused(ILogger logger, int bytes, string caller, string reason);

    [LoggerMessage(13, LogLevel.Warning, "Denied: to {What} guest modules, by {Caller}, whose token is for certain spaces")]
    private static partial void LogDenied(ILogger logger, string what, string caller);

    [LoggerMessage(11, LogLevel.Information, "Guest module {Name} ({Sha256}) was removed for {Caller}; {Dependents} holons named it")]
    private static partial void LogRemoved(ILogger logger, string name, string sha256, string caller, int dependents);
}
