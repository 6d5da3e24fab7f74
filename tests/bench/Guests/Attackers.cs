using Map.Bench.Client;
using Map.Bench.Harness;
using Map.V1;

namespace Map.Bench.Guests;

/// <summary>Clients that run hostile dances without pause, each one of them in a transaction of its own.</summary>
internal sealed class Attackers : IDisposable
{
    private readonly List<Attacker> _attackers;

    private Attackers(List<Attacker> attackers) => _attackers = attackers;

    /// <summary>How many dances were ended by the daemon.</summary>
    public int Ended => _attackers.Sum(static each => each.Ended);

    /// <summary>How many of those each client ran, by its dance.</summary>
    public string EndedEach => string.Join(", ", _attackers.Select(static each => $"{each.Attack.Entrypoint} {each.Ended:N0}"));

    /// <summary>A client with a connection of its own for each dance.</summary>
    public static async Task<Attackers> ConnectAsync(BenchSpace space)
    {
        var attackers = new List<Attacker>();
        foreach (var attack in AttackFiles.Attacks)
        {
            var client = new BenchClient(space.Client.Socket);
            var transaction = await client.BeginAsync(space.Id);
            var task = (await client.ExecuteAsync(Requests.GetByKey(transaction, TaskFiles.KeyOf(0))))!.Reference;
            attackers.Add(new Attacker(client, attack, Requests.Dance(transaction, task, attack.Entrypoint)));
        }

        return new Attackers(attackers);
    }

    /// <summary>What something finds while they attack; the attack is over when this returns.</summary>
    public async Task<T> WhileAttackingAsync<T>(Func<Task<T>> measure)
    {
        using var ending = new CancellationTokenSource();
        var attacks = Task.WhenAll(_attackers.Select(each => Task.Run(() => each.RunAsync(ending.Token), CancellationToken.None)));
        try
        {
            return await measure();
        }
        finally
        {
            await ending.CancelAsync();
            await attacks;
        }
    }

    public void Dispose()
    {
        foreach (var each in _attackers) each.Client.Dispose();
    }

    private sealed class Attacker(BenchClient client, Attack attack, MapRequest request)
    {
        public BenchClient Client => client;

        public Attack Attack => attack;

        public int Ended { get; private set; }

        public async Task RunAsync(CancellationToken cancellation)
        {
            try
            {
                while (!cancellation.IsCancellationRequested) Check(await client.SendAsync(request, cancellation));
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // The last dance ends early, at its client's wish.
            }
        }

        private void Check(MapResponse response)
        {
            if (response.Success) throw new BenchException($"The dance {attack.Entrypoint} succeeded, which it never should.");
            if (!attack.Ends.Contains(response.Errors[0].Code))
                throw new BenchException($"The dance {attack.Entrypoint} ended as {response.Errors[0].Code}: {response.Errors[0].Message}");
            Ended++;
        }
    }
}
