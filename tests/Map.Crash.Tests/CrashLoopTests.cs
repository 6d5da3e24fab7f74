using Map.Crash.Tests.Load;
using Map.Storage;
using Xunit.Abstractions;

namespace Map.Crash.Tests;

/// <summary>What a daemon acknowledged outlives its death, at any moment.</summary>
public sealed class CrashLoopTests(ITestOutputHelper output)
{
    private const int Kills = 40;
    private const int LongKills = 200;
    private const int RoundsBetweenRestores = 13;
    private const int SabotageSeed = 1;
    private const int RequestsBeforeSabotage = 200;

    [Fact]
    public async Task Whatever_was_acknowledged_outlives_kill_9_and_nothing_is_left_in_part()
    {
        var isLong = Environment.GetEnvironmentVariable("MAP_TEST_LONG") == "1";
        var seed = Environment.GetEnvironmentVariable("MAP_TEST_SEED") is { } text
            ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture)
            : Environment.TickCount;
        output.WriteLine($"seed {seed}; repeat with MAP_TEST_SEED={seed}");
        var log = new RoundLog($"{seed}");
        using var rounds = new Rounds(seed, log);
        try
        {
            await RunAsync(rounds, isLong ? LongKills : Kills);
        }
        catch (Exception failure)
        {
            log.End($"failed: {failure.Message}");
            throw new Xunit.Sdk.XunitException($"{failure.Message}\n{log.Text}", failure);
        }

        output.WriteLine(log.Text);
        output.WriteLine($"{rounds.Acknowledged} requests acknowledged, {rounds.Commits} commits, {rounds.Reopened} transactions open again");
        output.WriteLine($"{rounds.Backups} backups, {rounds.Restored} of them restored");
        Assert.True(rounds.Commits > 0 && rounds.Acknowledged > rounds.Commits);
        Assert.True(rounds.Reopened > 0 && rounds.Restored > 0);
    }

    private static async Task RunAsync(Rounds rounds, int kills)
    {
        await rounds.PrepareAsync();
        var points = Enum.GetValues<FaultPoint>().Except([FaultPoint.RestoreCopied, FaultPoint.RestoreChecked]).ToArray();
        for (var round = 0; round < kills; round++)
        {
            if (round % 2 == 0) await rounds.KillAsync(round);
            else await rounds.KillAtAsync(round, points[round / 2 % points.Length]);
            if (round % RoundsBetweenRestores == RoundsBetweenRestores - 1) await rounds.RestoreAsync();
        }

        await rounds.FinishAsync();
    }

    /// <summary>The loop itself can fail: it notices a daemon that did not write what it acknowledged.</summary>
    [Theory]
    [InlineData(nameof(Saboteur.DropLink), "Assert.")]
    [InlineData(nameof(Saboteur.DropJournal), "There is no transaction")]
    [InlineData(nameof(Saboteur.DropOutcomes), "There is no transaction")]
    public async Task What_was_acknowledged_and_is_gone_is_noticed(string sabotage, string notice)
    {
        using var rounds = new Rounds(SabotageSeed, new RoundLog(sabotage));
        await rounds.PrepareAsync();
        await rounds.KillAsync(0, newSpaces: 0, requests: RequestsBeforeSabotage);
        rounds.Sabotage(saboteur => typeof(Saboteur).GetMethod(sabotage)!.Invoke(saboteur, null));
        var noticed = await Record.ExceptionAsync(rounds.FinishAsync);
        Assert.NotNull(noticed);
        output.WriteLine(noticed.Message);
        Assert.StartsWith(notice, noticed.Message);
    }
}
