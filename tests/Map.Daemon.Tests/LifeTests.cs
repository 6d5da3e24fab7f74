using System.Net;
using System.Net.Sockets;
using Map.Rpc;
using Map.V1;

namespace Map.Daemon.Tests;

/// <summary>How a daemon starts and ends.</summary>
public sealed class LifeTests
{
    private const int LongLoad = 150_000;
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerDirectory = OwnerFile | UnixFileMode.UserExecute;

    [Theory]
    [InlineData(MapProgram.Terminate)]
    [InlineData(MapProgram.Interrupt)]
    public async Task A_signal_ends_it_well_and_leaves_no_way_to_it(int signal)
    {
        using var daemon = await TestDaemon.StartAsync();
        Assert.True(File.Exists(daemon.SocketPath));
        var ending = await daemon.StopAsync(signal);
        Assert.Equal(0, ending.ExitCode);
        Assert.False(File.Exists(daemon.DiscoveryPath), "the discovery file is still there");
        Assert.False(File.Exists(daemon.SocketPath), "the socket is still there");
        Assert.Contains($"  data      {daemon.Data}", ending.Output);
        Assert.Contains($"  endpoint  unix:{daemon.SocketPath}", ending.Output);
        Assert.Contains($"  endpoint  {daemon.Discovery.TcpAddress}", ending.Output);
    }

    [Fact]
    public async Task Spaces_and_data_are_there_after_a_restart()
    {
        using var daemon = await TestDaemon.StartAsync();
        await daemon.MustAsync("space", "create", "library");
        await daemon.MustAsync(["import", "--space", "library", .. ImportFiles.Library]);
        var before = await daemon.Owner.DescribeAsync("library");
        await daemon.StopAsync();
        await daemon.RunAsync();
        Assert.Equal(before, await daemon.Owner.DescribeAsync("library"));
        Assert.True(before.Holons > (ulong)ImportFiles.Count(ImportFiles.Library).Holons);
    }

    [Fact]
    public async Task A_call_that_runs_at_the_signal_gets_its_reply_and_new_ones_are_refused()
    {
        using var daemon = await TestDaemon.StartAsync();
        var load = await BeginLongLoadAsync(daemon);
        daemon.Process.Signal(MapProgram.Terminate);
        await Eventually.HoldsAsync("new calls are refused", () => IsRefusedAsync(daemon));
        Assert.False(File.Exists(daemon.DiscoveryPath), "the discovery file still shows a way");
        Assert.False(load.IsCompleted, "the load ended before the test could look");

        var reply = await load;
        Assert.True(reply.Success, reply.ToString());
        Assert.Equal((ulong)LongLoad, reply.Body.Load.Holons);
        Assert.Equal(0, (await daemon.Process.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task A_second_signal_ends_it_at_once_and_harms_nothing()
    {
        using var daemon = await TestDaemon.StartAsync();
        var load = await BeginLongLoadAsync(daemon);
        daemon.Process.Signal(MapProgram.Terminate);
        await Eventually.HoldsAsync("new calls are refused", () => IsRefusedAsync(daemon));
        Assert.False(load.IsCompleted, "the load ended before the test could look");
        daemon.Process.Signal(MapProgram.Terminate);
        Assert.Equal(128 + MapProgram.Terminate, (await daemon.Process.EndAsync()).ExitCode);
        await Assert.ThrowsAsync<GrpcStatusException>(() => load);

        await daemon.RunAsync();
        Assert.Equal(2UL, (await daemon.Owner.DescribeAsync("library")).LastCommit);
    }

    [Fact]
    public async Task A_second_daemon_on_the_directory_is_refused_with_the_pid_of_the_first()
    {
        using var daemon = await TestDaemon.StartAsync();
        var second = await MapProgram.RunAsync("run", "--data", daemon.Data, "--port", "0");
        Assert.Equal(4, second.ExitCode);
        Assert.Contains($"another map-daemon (pid {daemon.Process.Id}) has this data directory open", second.Error);
        Assert.Equal((uint)daemon.Process.Id, (await daemon.Owner.StatusAsync()).ProcessId);
        Assert.Equal(daemon.Process.Id, DiscoveryFile.Read(daemon.DiscoveryPath)!.ProcessId);
        Assert.Equal(0, (await daemon.StopAsync()).ExitCode);
    }

    [Fact]
    public async Task What_a_killed_daemon_leaves_behind_is_no_hindrance()
    {
        using var daemon = await TestDaemon.StartAsync();
        await daemon.MustAsync("space", "create", "library");
        await daemon.MustAsync(["import", "--space", "library", .. ImportFiles.Library]);
        var before = await daemon.Owner.DescribeAsync("library");
        await daemon.StopAsync(MapProgram.Kill);
        Assert.True(File.Exists(daemon.DiscoveryPath));

        var status = await daemon.CommandAsync("status");
        Assert.Equal(3, status.ExitCode);
        Assert.Contains($"no daemon is running on {daemon.Data}. The last one (process {daemon.Process.Id})", status.Error);

        await daemon.RunAsync();
        Assert.Equal(before, await daemon.Owner.DescribeAsync("library"));
        Assert.DoesNotContain("ERR", daemon.Process.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await daemon.StopAsync()).ExitCode);
    }

    [Fact]
    public async Task A_taken_port_is_told_with_what_to_do()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using var folder = new Folder();
        var ending = await MapProgram.RunAsync("run", "--data", folder.Path, "--port", $"{port}");
        Assert.Equal(4, ending.ExitCode);
        Assert.Equal(
            $"map-daemon cannot start: the port {port} of 127.0.0.1 is taken by another program. "
            + "Choose another with --port; --port 0 takes a free one.",
            ending.Error.Trim());
        Assert.False(File.Exists(Path.Combine(folder.Path, "discovery.json")));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(folder.Path, "run")));
    }

    [Fact]
    public async Task Without_tcp_there_is_the_socket_alone()
    {
        using var daemon = await TestDaemon.StartAsync("--no-tcp");
        Assert.Null(daemon.Discovery.TcpAddress);
        Assert.Equal([$"unix:{daemon.SocketPath}"], (await daemon.Owner.StatusAsync()).Endpoints);
    }

    [Fact]
    public async Task All_that_it_makes_is_for_its_owner_only()
    {
        using var daemon = await TestDaemon.StartAsync();
        await daemon.MustAsync("space", "create", "notes");
        await daemon.MustAsync("token", "create", "script");
        Assert.Equal(OwnerDirectory, File.GetUnixFileMode(daemon.Data));
        foreach (var file in (string[])["discovery.json", "daemon/tokens.json", "run/map.sock"])
            Assert.Equal(OwnerFile, File.GetUnixFileMode(Path.Combine(daemon.Data, file)));
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(daemon.Data, "log")));
        const UnixFileMode Others = ~OwnerDirectory;
        Assert.All(
            Directory.GetFileSystemEntries(daemon.Data, "*", SearchOption.AllDirectories),
            entry => Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(entry) & Others));
    }

    [Fact]
    public async Task Directories_above_the_data_directory_are_made()
    {
        using var folder = new Folder();
        var data = Path.Combine(folder.Path, "a", "b");
        using var daemon = MapProgram.Start(["run", "--data", data, "--no-tcp"]);
        await Eventually.HoldsAsync("the daemon is ready", () => File.Exists(Path.Combine(data, "discovery.json")));
        Assert.Equal(OwnerDirectory, File.GetUnixFileMode(data));
        Assert.Equal(OwnerDirectory, File.GetUnixFileMode(Path.GetDirectoryName(data)!));
        daemon.Signal(MapProgram.Terminate);
        Assert.Equal(0, (await daemon.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task A_directory_open_to_others_is_closed_when_empty_and_refused_otherwise()
    {
        const UnixFileMode Open = OwnerDirectory | UnixFileMode.GroupRead | UnixFileMode.OtherExecute;
        using var folder = new Folder();
        File.SetUnixFileMode(folder.Path, Open);
        using (var daemon = MapProgram.Start(["run", "--data", folder.Path, "--no-tcp"]))
        {
            await Eventually.HoldsAsync("the daemon is ready", () => File.Exists(Path.Combine(folder.Path, "discovery.json")));
            Assert.Equal(OwnerDirectory, File.GetUnixFileMode(folder.Path));
        }

        File.SetUnixFileMode(folder.Path, Open);
        var ending = await MapProgram.RunAsync("run", "--data", folder.Path, "--no-tcp");
        Assert.Equal(4, ending.ExitCode);
        Assert.Contains($"Run: chmod 700 '{folder.Path}'", ending.Error);
    }

    [Fact]
    public async Task A_directory_too_deep_for_a_socket_is_served_with_the_socket_elsewhere()
    {
        using var folder = new Folder();
        var data = Path.Combine(folder.Path, new string('d', 100));
        var refused = await MapProgram.RunAsync("run", "--data", data, "--no-tcp");
        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("the system allows 107", refused.Error);
        Assert.Contains("Choose a shorter one, for example: --socket ", refused.Error);

        var socket = Path.Combine(folder.Path, "own", "s.sock");
        using var daemon = MapProgram.Start(["run", "--data", data, "--no-tcp", "--socket", socket]);
        await Eventually.HoldsAsync("the daemon is ready", () => File.Exists(Path.Combine(data, "discovery.json")));
        Assert.Equal(socket, DiscoveryFile.Read(Path.Combine(data, "discovery.json"))!.SocketPath);
        Assert.Equal(OwnerFile, File.GetUnixFileMode(socket));
        Assert.Equal(0, (await MapProgram.RunAsync("status", "--data", data)).ExitCode);
        daemon.Signal(MapProgram.Terminate);
        Assert.Equal(0, (await daemon.EndAsync()).ExitCode);
        Assert.False(File.Exists(socket));
    }

    [Fact]
    public async Task A_socket_among_the_files_of_others_is_refused()
    {
        using var folder = new Folder();
        using var shared = new Folder();
        File.SetUnixFileMode(shared.Path, (UnixFileMode)0x1FF);
        var ending = await MapProgram.RunAsync(
            "run", "--data", folder.Path, "--no-tcp", "--socket", Path.Combine(shared.Path, "s.sock"));
        Assert.Equal(4, ending.ExitCode);
        Assert.Contains($"the directory of the unix socket is open to other users: {shared.Path}.", ending.Error);
    }

    [Fact]
    public async Task A_file_in_place_of_the_data_directory_is_told()
    {
        using var folder = new Folder();
        var file = Path.Combine(folder.Path, "file");
        await File.WriteAllTextAsync(file, "");
        var ending = await MapProgram.RunAsync("run", "--data", file, "--no-tcp");
        Assert.Equal(4, ending.ExitCode);
        Assert.Contains($"the data directory {file} is a file. Choose a directory with --data.", ending.Error);
    }

    [Fact]
    public async Task Tokens_that_cannot_be_believed_stop_the_start()
    {
        using var daemon = await TestDaemon.StartAsync();
        await daemon.MustAsync("token", "create", "script");
        await daemon.StopAsync();
        var tokens = Path.Combine(daemon.Data, "daemon", "tokens.json");
        await File.WriteAllTextAsync(tokens, "{");
        var damaged = await MapProgram.RunAsync("run", "--data", daemon.Data, "--no-tcp");
        Assert.Equal(4, damaged.ExitCode);
        Assert.Contains($"The token file '{tokens}' is not readable", damaged.Error);
        File.SetUnixFileMode(tokens, OwnerFile | UnixFileMode.OtherRead);
        var open = await MapProgram.RunAsync("run", "--data", daemon.Data, "--no-tcp");
        Assert.Equal(4, open.ExitCode);
        Assert.Contains($"chmod 600 '{tokens}'", open.Error);
    }

    [Fact]
    public async Task A_program_without_its_core_schema_says_so()
    {
        using var folder = new Folder();
        foreach (var file in Directory.GetFiles(MapProgram.Folder))
            File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file)));
        using var program = MapProgram.Start(["run", "--data", Path.Combine(folder.Path, "data"), "--no-tcp"], folder.Path);
        var ending = await program.EndAsync();
        Assert.Equal(4, ending.ExitCode);
        Assert.Contains(
            $"The core schema is missing in {Path.Combine(folder.Path, "schemas", "core")}. Install map-daemon anew.", ending.Error);
    }

    [Fact]
    public async Task Ready_as_json_is_one_line_with_where_it_is()
    {
        using var daemon = await TestDaemon.StartAsync("--json");
        var ending = await daemon.StopAsync();
        Assert.Single(ending.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(daemon.Data, ending.Json.GetProperty("dataDirectory").GetString());
        Assert.Equal(daemon.Process.Id, ending.Json.GetProperty("processId").GetInt32());
        Assert.Equal(
            [$"unix:{daemon.SocketPath}", daemon.Discovery.TcpAddress],
            ending.Json.GetProperty("endpoints").EnumerateArray().Select(endpoint => endpoint.GetString()));
        Assert.DoesNotContain(daemon.Discovery.SessionToken, ending.Output + ending.Error, StringComparison.Ordinal);
    }

    /// <summary>Begins a load that takes some seconds.</summary>
    /// <returns>Its reply, while the load runs.</returns>
    private static async Task<Task<MapResponse>> BeginLongLoadAsync(TestDaemon daemon)
    {
        await daemon.MustAsync("space", "create", "library");
        await daemon.MustAsync("import", "--space", "library", ImportFiles.LibraryTypes);
        var content = await daemon.Owner.UploadAsync(daemon.Write("subjects.json", ImportFiles.Subjects(LongLoad)));
        var transaction = await daemon.Owner.BeginAsync("library");
        var load = daemon.Owner.MutateAsync(
            transaction, new MutationCommand { LoadHolons = new LoadHolonsCommand { ContentIds = { content } } });
        await Eventually.HoldsAsync("the load runs, and holds up the next mutation", () => IsBusyAsync(daemon, transaction));
        return load;
    }

    private static async Task<bool> IsRefusedAsync(TestDaemon daemon)
    {
        try
        {
            await daemon.OverTcp(daemon.Discovery.SessionToken).StatusAsync();
            return false;
        }
        catch (GrpcStatusException e)
        {
            // Not connected any more, or turned away as the connection was closed.
            Assert.Contains(e.StatusCode, (StatusCode[])[StatusCode.Unavailable, StatusCode.Internal]);
            return true;
        }
    }

    /// <summary>A look at a transaction waits for the command that runs in it.</summary>
    private static async Task<bool> IsBusyAsync(TestDaemon daemon, TransactionId transaction)
    {
        try
        {
            // Waits for the mutation before it; given up by then, it has no effect.
            await daemon.Owner.CallAsync<MapRequest, MapResponse>(
                "MapCommands/Execute",
                new MapRequest
                {
                    TransactionId = transaction,
                    Command = new CommandBody { Mutation = new MutationCommand { Undo = new UndoCommand() } },
                },
                TimeSpan.FromMilliseconds(200));
            return false;
        }
        catch (GrpcStatusException e) when (e.StatusCode == StatusCode.DeadlineExceeded)
        {
            return true;
        }
    }
}
