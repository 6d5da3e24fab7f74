using Map.Core.Dancing;
using Map.Core.Errors;
using Map.Core.Services;
using Map.Hub.Binding;
using Map.Hub.Spaces;
using Map.V1;
using Microsoft.Extensions.Logging;

namespace Map.Rpc.Services;

/// <summary><c>map.v1.MapAdmin</c>: running the daemon.</summary>
public sealed class AdminService
{
    /// <summary>The version of the protocol <c>map.v1</c> that this daemon speaks.</summary>
    public const string ProtocolVersion = "1.0";

    private readonly HolonSpaces _spaces;
    private readonly TokenStore _tokens;
    private readonly Func<DaemonStatus> _status;
    private readonly SpaceUpkeep _upkeep;

    private AdminService(HolonSpaces spaces, TokenStore tokens, Func<DaemonStatus> status, SpaceUpkeep upkeep)
    {
        _spaces = spaces;
        _upkeep = upkeep;
        _tokens = tokens;
        _status = status;
    }

    /// <summary>Binds the service.</summary>
    /// <param name="spaces">The spaces.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="status">Tells what the process knows of itself.</param>
    /// <param name="keeper">Looks after the stores.</param>
    /// <param name="modules">The guest modules.</param>
    /// <param name="logger">Where a line for each check, backup and change of the modules goes.</param>
    public static GrpcService Bind(
        HolonSpaces spaces, TokenStore tokens, Func<DaemonStatus> status, ISpaceKeeper keeper, IGuestModules modules, ILogger logger)
    {
        var upkeep = new SpaceUpkeep(spaces, keeper, logger);
        var guests = new GuestUpkeep(spaces, modules, logger);
        var service = new AdminService(spaces, tokens, status, upkeep);
        return GrpcService.In(MapAdminReflection.Descriptor, "MapAdmin")
            .Unary<GetStatusRequest, GetStatusResponse>("GetStatus", AccessScope.Admin, (_, call) => ValueTask.FromResult(service.GetStatus(call)))
            .ServerStreaming<VerifyRequest, VerifyResponse>("Verify", AccessScope.Admin, upkeep.VerifyAsync)
            .ServerStreaming<BackupRequest, BackupResponse>("Backup", AccessScope.Admin, upkeep.BackupAsync)
            .Unary<CreateTokenRequest, CreateTokenResponse>("CreateToken", AccessScope.Admin, (request, _) => ValueTask.FromResult(service.CreateToken(request)))
            .Unary<ListTokensRequest, ListTokensResponse>("ListTokens", AccessScope.Admin, (_, _) => ValueTask.FromResult(service.ListTokens()))
            .Unary<RevokeTokenRequest, RevokeTokenResponse>("RevokeToken", AccessScope.Admin, (request, _) => ValueTask.FromResult(service.RevokeToken(request)))
            .Unary<InstallGuestRequest, InstallGuestResponse>("InstallGuest", AccessScope.Admin, guests.InstallAsync)
            .Unary<ListGuestsRequest, ListGuestsResponse>("ListGuests", AccessScope.Admin, (_, _) => ValueTask.FromResult(guests.List()))
            .Unary<InspectGuestRequest, InspectGuestResponse>("InspectGuest", AccessScope.Admin, guests.InspectAsync)
            .Unary<RemoveGuestRequest, RemoveGuestResponse>("RemoveGuest", AccessScope.Admin, guests.RemoveAsync);
    }

    private GetStatusResponse GetStatus(CallContext call)
    {
        var status = _status();
        var response = new GetStatusResponse
        {
            ProductVersion = status.ProductVersion,
            ProtocolVersion = ProtocolVersion,
            ProcessId = (uint)Environment.ProcessId,
            StartedAt = WireWriter.ToTimestamp(status.StartedUnixMicros),
            DataDirectory = status.DataDirectory,
            Spaces = (ulong)_spaces.List().Count,
            OpenTransactions = (ulong)_spaces.OpenTransactions,
            JournalsSetAside = (ulong)_spaces.JournalsSetAside,
            MemoryBytes = (ulong)Environment.WorkingSet,
        };
        response.Endpoints.AddRange(status.Endpoints);
        response.SpaceStatuses.AddRange(_upkeep.Describe(call.Caller));
        return response;
    }

    private CreateTokenResponse CreateToken(CreateTokenRequest request)
    {
        var scope = request.Scope switch
        {
            Scope.Read => AccessScope.Read,
            Scope.Write => AccessScope.Write,
            Scope.Admin => AccessScope.Admin,
            _ => throw ServiceErrors.ToStatus(HolonErrorCode.InvalidRequest, "\"scope\" must be read, write or admin."),
        };
        if (_tokens.List().Any(token => string.Equals(token.Name, request.Name, StringComparison.OrdinalIgnoreCase)))
            throw ServiceErrors.ToStatus(HolonErrorCode.TokenExists, $"There is a token \"{request.Name}\" already. Revoke it first, or choose another name.");
        foreach (var space in request.Spaces)
            ServiceErrors.Run(() => _spaces.Require(space));
        try
        {
            var token = _tokens.Create(request.Name, scope, [.. request.Spaces], out var secret);
            return new CreateTokenResponse { Token = ToWire(token), Secret = secret };
        }
        catch (ArgumentException e)
        {
            // Without the parameter's name, which is none of the client's.
            throw ServiceErrors.ToStatus(HolonErrorCode.InvalidName, e.Message.Split(" (Parameter ")[0]);
        }
        catch (InvalidOperationException e)
        {
            throw ServiceErrors.ToStatus(HolonErrorCode.LimitReached, e.Message);
        }
    }

    private ListTokensResponse ListTokens()
    {
        var response = new ListTokensResponse();
        response.Tokens.AddRange(_tokens.List().Select(ToWire));
        return response;
    }

    private RevokeTokenResponse RevokeToken(RevokeTokenRequest request)
    {
        if (_tokens.Revoke(request.Name)) return new RevokeTokenResponse();
        throw ServiceErrors.ToStatus(HolonErrorCode.TokenNotFound, $"There is no token \"{request.Name}\". List the tokens to see which there are.");
    }

    private static TokenInfo ToWire(StoredToken token)
    {
        var info = new TokenInfo
        {
            Name = token.Name,
            Scope = (Scope)token.Scope,
            CreatedAt = WireWriter.ToTimestamp(token.CreatedAt.ToUnixTimeMilliseconds() * 1_000),
        };
        info.Spaces.AddRange(token.Spaces);
        return info;
    }
}

/// <summary>What the process knows of itself.</summary>
/// <param name="ProductVersion">The version of the product.</param>
/// <param name="StartedUnixMicros">When it started.</param>
/// <param name="DataDirectory">Where it keeps its data.</param>
/// <param name="Endpoints">Addresses that clients connect to.</param>
public sealed record DaemonStatus(
    string ProductVersion, long StartedUnixMicros, string DataDirectory, IReadOnlyList<string> Endpoints);
