using Microsoft.AspNetCore.Http;

namespace Map.Rpc.Internal;

/// <summary>The answer to "may this call run": a caller, or the status to refuse with.</summary>
internal readonly record struct Admission(Caller? Caller, StatusCode Status, string Message)
{
    public static Admission Refused(StatusCode status, string message) => new(null, status, message);
}

/// <summary>A refusal before gRPC: a plain HTTP status.</summary>
internal readonly record struct HttpRefusal(int Status, string Text);

/// <summary>Decides who may call what. Everything that is not allowed here is refused.</summary>
internal sealed class AccessGate(ServerRuntime runtime, ITokenAuthenticator tokens)
{
    private const string BearerPrefix = "Bearer ";
    private const string HowToGetOne = "'map-daemon token create' makes one.";

    private readonly FailureWindow _failures = new(
        runtime.Options.MaxFailedAuthentications, runtime.Options.FailedAuthenticationWindow, runtime.Time);

    private double WindowSeconds => runtime.Options.FailedAuthenticationWindow.TotalSeconds;

    /// <summary>
    /// Refuses what a browser was tricked into: a foreign name for this address (DNS rebinding), a foreign
    /// origin, another site. CORS is no substitute: it hides answers, but lets requests through.
    /// </summary>
    public HttpRefusal? CheckBrowser(HttpContext http, EndpointIdentity endpoint, string method)
    {
        if (endpoint.Hosts is null)
            return null;
        var request = http.Request;
        if (!endpoint.Hosts.Contains(request.Host.Value ?? ""))
        {
            runtime.Deny(DenialReason.HostNotAllowed, method, "unknown", $"Host '{Printable(request.Host.Value)}'");
            return new(
                StatusCodes.Status421MisdirectedRequest,
                "This address is not served under that Host. Use 127.0.0.1 or localhost with the port.");
        }

        var origin = request.Headers.Origin;
        if (origin.Count != 0 && !runtime.Options.AllowedOrigins.Contains(origin.ToString(), StringComparer.Ordinal))
        {
            runtime.Deny(DenialReason.OriginNotAllowed, method, "unknown", $"Origin '{Printable(origin.ToString())}'");
            return new(StatusCodes.Status403Forbidden, "Calls from this Origin are not allowed.");
        }

        var site = request.Headers["Sec-Fetch-Site"];
        if (site.Count != 0 && site.ToString() is not ("same-origin" or "none"))
        {
            runtime.Deny(DenialReason.CrossSite, method, "unknown", $"Sec-Fetch-Site '{Printable(site.ToString())}'");
            return new(StatusCodes.Status403Forbidden, "Calls from other sites are not allowed.");
        }
        return null;
    }

    /// <summary>Finds the caller and checks its scope.</summary>
    /// <param name="http">The call.</param>
    /// <param name="endpoint">Where it came in.</param>
    /// <param name="method">The method's name.</param>
    /// <param name="required">What the method needs.</param>
    public Admission Admit(HttpContext http, EndpointIdentity endpoint, string method, AccessScope required)
    {
        if (required == AccessScope.Anonymous)
            return new(endpoint.Owner ?? Caller.Anonymous, StatusCode.Ok, "");
        var admission = endpoint.Owner is { } owner
            ? new(owner, StatusCode.Ok, "")
            : Authenticate(http, endpoint, method);
        if (admission.Caller is not { } caller)
            return admission;
        // Undeclared cannot be registered; should it get here all the same, nobody may.
        if (required != AccessScope.Undeclared && caller.Scope >= required)
            return admission;
        var needed = ScopeName.Of(required);
        runtime.Deny(
            DenialReason.ScopeTooLow, method, caller.Name, $"needs {needed}, has {ScopeName.Of(caller.Scope)}");
        return Admission.Refused(
            StatusCode.PermissionDenied,
            $"{method} needs the scope '{needed}'; '{caller.Name}' has '{ScopeName.Of(caller.Scope)}'.");
    }

    private Admission Authenticate(HttpContext http, EndpointIdentity endpoint, string method)
    {
        // A client that has proved itself must not be thrown out by somebody else's guessing.
        if (!endpoint.HasAuthenticated && _failures.IsExhausted(out var isNew))
        {
            if (isNew)
                runtime.Deny(
                    DenialReason.TooManyFailures, method, "unknown", "no token is looked at until the window ends");
            return Admission.Refused(
                StatusCode.ResourceExhausted,
                $"Too many calls failed to authenticate. Try again in {WindowSeconds:0} s.");
        }

        var authorization = http.Request.Headers.Authorization;
        var header = authorization.Count == 1 ? authorization[0] ?? "" : "";
        if (!header.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase))
        {
            _failures.Count();
            runtime.Deny(DenialReason.TokenMissing, method, "unknown", "no bearer token");
            return Admission.Refused(
                StatusCode.Unauthenticated,
                "This endpoint needs a token: send 'authorization: Bearer TOKEN'. " + HowToGetOne);
        }

        if (tokens.Authenticate(header.AsSpan(BearerPrefix.Length).Trim()) is { } caller)
        {
            endpoint.HasAuthenticated = true;
            return new(caller, StatusCode.Ok, "");
        }
        _failures.Count();
        endpoint.HasAuthenticated = false;
        runtime.Deny(DenialReason.TokenUnknown, method, "unknown", "the token is not known");
        return Admission.Refused(
            StatusCode.Unauthenticated,
            "The token is not known; it may have been revoked, or be of an earlier start. " + HowToGetOne);
    }

    // What a stranger sends ends up in logs: cut it, and keep control characters out.
    private static string Printable(string? text)
    {
        const int MostChars = 100;
        var cut = (text ?? "")[..Math.Min(text?.Length ?? 0, MostChars)];
        return string.Create(cut.Length, cut, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = char.IsControl(source[i]) ? '?' : source[i];
        });
    }
}

/// <summary>Scopes as clients and files write them.</summary>
internal static class ScopeName
{
    public static string Of(AccessScope scope) => scope switch
    {
        AccessScope.Anonymous => "anonymous",
        AccessScope.Read => "read",
        AccessScope.Write => "write",
        AccessScope.Admin => "admin",
        _ => "undeclared",
    };

    public static AccessScope Parse(string name) => name switch
    {
        "read" => AccessScope.Read,
        "write" => AccessScope.Write,
        "admin" => AccessScope.Admin,
        _ => throw new FormatException($"'{name}' is not a scope; known are read, write and admin."),
    };
}
