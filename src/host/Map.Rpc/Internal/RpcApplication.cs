using System.Collections.Frozen;
using System.Diagnostics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Map.Rpc.Internal;

/// <summary>
/// What Kestrel runs for each request. It stands in the place of ASP.NET Core's own hosting: there is no
/// middleware, no routing and no configuration here that could open a way around the gate.
/// </summary>
internal sealed class RpcApplication(
    ServerRuntime runtime, AccessGate gate, FrozenDictionary<string, MethodBinding> methods)
    : IHttpApplication<DefaultHttpContext>
{
    private const string GrpcContentType = "application/grpc";

    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        if (contextFeatures is not IHostContextContainer<DefaultHttpContext> container)
            return new DefaultHttpContext(contextFeatures);
        // Kestrel keeps the context with the stream that it reuses.
        if (container.HostContext is { } known)
        {
            known.Initialize(contextFeatures);
            return known;
        }
        return container.HostContext = new DefaultHttpContext(contextFeatures);
    }

    public void DisposeContext(DefaultHttpContext context, Exception? exception) => context.Uninitialize();

    public Task ProcessRequestAsync(DefaultHttpContext context)
    {
        var endpoint = context.Features.Get<EndpointIdentity>()
            ?? throw new InvalidOperationException("A request came in by an endpoint without identity.");
        var path = context.Request.Path.Value ?? "";
        methods.TryGetValue(path, out var method);
        var name = method?.Identity.FullName ?? path.TrimStart('/');
        if (gate.CheckBrowser(context, endpoint, name) is { } refusal)
            return RefuseAsync(context, refusal);
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            return RefuseAsync(context, new(StatusCodes.Status405MethodNotAllowed, "gRPC calls are POST requests."));
        }
        if (!IsGrpc(context.Request.ContentType))
            return RefuseAsync(
                context, new(StatusCodes.Status415UnsupportedMediaType, "This endpoint speaks application/grpc."));

        context.Response.ContentType = GrpcContentType;
        // What does not exist is denied like what does, so that strangers cannot tell them apart.
        var admission = gate.Admit(context, endpoint, name, method?.Identity.Scope ?? AccessScope.Read);
        if (admission.Caller is not { } caller)
            return EndAsync(context, admission.Status, admission.Message);
        return method is null
            ? EndAsync(context, StatusCode.Unimplemented, $"This server has no method '{name}'.")
            : RunAsync(context, method, caller);
    }

    private static bool IsGrpc(string? contentType)
    {
        if (contentType is null || !contentType.StartsWith(GrpcContentType, StringComparison.OrdinalIgnoreCase))
            return false;
        var rest = contentType.AsSpan(GrpcContentType.Length).TrimStart();
        if (rest.StartsWith("+proto", StringComparison.OrdinalIgnoreCase))
            rest = rest["+proto".Length..].TrimStart();
        return rest.IsEmpty || rest[0] == ';';
    }

    private static Task RefuseAsync(HttpContext http, HttpRefusal refusal)
    {
        http.Response.StatusCode = refusal.Status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(refusal.Text + "\n");
    }

    private static Task EndAsync(HttpContext http, StatusCode status, string message)
    {
        StatusHeaders.Write(http.Response, bodyHasBegun: false, status, message, default);
        return Task.CompletedTask;
    }

    private async Task RunAsync(HttpContext http, MethodBinding method, Caller caller)
    {
        var started = Stopwatch.GetTimestamp();
        using var activity = RpcTelemetry.StartCall(method.Identity, http.Request.Headers);
        var status = StatusCode.Ok;
        ServerCallContext? call = null;
        try
        {
            if (method.Identity.IsStreaming)
                LiftBodyLimits(http);
            call = new ServerCallContext(
                http, runtime, method.Identity, caller, RequestOptions.Read(http.Request.Headers));
            await method.InvokeAsync(call);
            StatusHeaders.WriteOk(http.Response, call.BodyHasBegun, call.Trailers);
        }
        catch (Exception e)
        {
            status = Fail(http, method.Identity, caller, call, e);
        }
        finally
        {
            call?.Dispose();
            RpcTelemetry.EndCall(activity, method.Identity, status, Stopwatch.GetElapsedTime(started));
        }
    }

    // Kestrel would end an idle stream after five seconds. Calls with one request keep that guard.
    private static void LiftBodyLimits(HttpContext http)
    {
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }

    private StatusCode Fail(
        HttpContext http, MethodIdentity method, Caller caller, ServerCallContext? call, Exception exception)
    {
        var failure = Failure.From(exception, call);
        if (failure.IsCrash)
            runtime.Log.CallCrashed(exception, method.FullName, caller.Name, failure.Incident);
        else if (failure.ClientIsGone)
            runtime.Log.ClientGone(exception, method.FullName, caller.Name);
        else
            runtime.Log.CallFailed(method.FullName, caller.Name, failure.Status, failure.Message);
        if (!failure.ClientIsGone)
        {
            var bodyHasBegun = http.Response.HasStarted || call?.BodyHasBegun == true;
            StatusHeaders.Write(
                http.Response, bodyHasBegun, failure.Status, failure.Message, failure.Details, call?.Trailers);
        }
        return failure.Status;
    }
}
