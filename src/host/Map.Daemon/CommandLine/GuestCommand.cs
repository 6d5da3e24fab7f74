using System.CommandLine;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Map.Rpc;
using Map.V1;

namespace Map.Daemon.CommandLine;

/// <summary><c>map-daemon guest install | list | inspect | remove</c>.</summary>
internal static class GuestCommand
{
    private static readonly Argument<string[]> Files = new("files")
    {
        Description = "WebAssembly modules with the section map.manifest",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Argument<string> Which = new("module")
    {
        Description = $"Its hash, the first {GuestLookup.LeastDigits} or more digits of it, or its name",
    };

    private static readonly Option<bool> Force = new("--force") { Description = "Also when dances or validators need it" };

    static GuestCommand() => Files.Validators.Add(CommonOptions.RequireFiles("*.wasm"));

    public static Command Build()
    {
        var install = new Command("install", "Check guest modules and install them; tells what they may do") { Files };
        install.SetAction(DaemonClient.Action(InstallAsync));
        HelpWithExamples.Add(install, "map-daemon guest install library.wasm\nmap-daemon guest install dist/*.wasm");
        var list = new Command("list", "List the guest modules");
        list.SetAction(DaemonClient.Action(ListAsync));
        HelpWithExamples.Add(list, "map-daemon guest list\nmap-daemon guest list --json | jq -r '.guests[].sha256'");
        var inspect = new Command("inspect", "Tell what a guest module may do, and what depends on it") { Which };
        inspect.SetAction(DaemonClient.Action(InspectAsync));
        HelpWithExamples.Add(inspect, "map-daemon guest inspect library\nmap-daemon guest inspect 3f2a9c01");
        var remove = new Command("remove", "Remove a guest module that nothing depends on") { Which, Force };
        remove.SetAction(DaemonClient.Action(RemoveAsync));
        HelpWithExamples.Add(remove, "map-daemon guest remove 3f2a9c01\nmap-daemon guest remove library --force");
        var group = new Command("guest", "Install, list and remove the modules of dances and validators")
        {
            install, list, inspect, remove,
        };
        HelpWithExamples.Add(group, "map-daemon guest install library.wasm\nmap-daemon guest list\nmap-daemon guest inspect library");
        return group;
    }

    private static async Task<int> InstallAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        var installed = new List<InstallGuestResponse>();
        foreach (var file in result.GetRequiredValue(Files))
        {
            var request = new InstallGuestRequest { Module = ByteString.CopyFrom(await File.ReadAllBytesAsync(file, cancellation)) };
            try
            {
                var response = await client.CallAsync<InstallGuestRequest, InstallGuestResponse>("MapAdmin/InstallGuest", request, cancellation);
                installed.Add(response);
                if (!result.GetValue(CommonOptions.Json)) GuestReport.WriteInstalled(response);
            }
            catch (GrpcStatusException e) when (e.GetDetail<HolonError>() is { } error)
            {
                error.Message = $"{file}: {e.Message}";
                return Output.Fail(result, ExitCodes.Refused, error);
            }
        }

        Output.WroteJson(result, new JsonObject { ["installed"] = Output.ToJson(installed) });
        return ExitCodes.Ok;
    }

    private static async Task<int> ListAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        var list = await GuestLookup.ListAsync(client, cancellation);
        if (!Output.WroteJson(result, list)) GuestReport.WriteList(list);
        return ExitCodes.Ok;
    }

    private static async Task<int> InspectAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        var (guest, problem) = await GuestLookup.FindAsync(client, result.GetRequiredValue(Which), cancellation);
        if (guest is null) return Output.Fail(result, ExitCodes.Refused, problem);
        var response = await client.CallAsync<InspectGuestRequest, InspectGuestResponse>(
            "MapAdmin/InspectGuest", new InspectGuestRequest { Sha256 = guest.Sha256 }, cancellation);
        if (!Output.WroteJson(result, response)) GuestReport.WriteInspected(response);
        return ExitCodes.Ok;
    }

    private static async Task<int> RemoveAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        var (guest, problem) = await GuestLookup.FindAsync(client, result.GetRequiredValue(Which), cancellation);
        if (guest is null) return Output.Fail(result, ExitCodes.Refused, problem);
        var request = new RemoveGuestRequest { Sha256 = guest.Sha256, Force = result.GetValue(Force) };
        var response = await client.CallAsync<RemoveGuestRequest, RemoveGuestResponse>("MapAdmin/RemoveGuest", request, cancellation);
        if (!Output.WroteJson(result, response)) GuestReport.WriteRemoved(guest, response);
        return ExitCodes.Ok;
    }
}
