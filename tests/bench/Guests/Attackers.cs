using Map.Bench.Client;
using Map.Bench.Harness;
using Map.V1;

namespace Map.Bench.Guests;

/// <summary>
/// Clients that run hostile dances without pause, each all of them by turns in a transaction of its own; as many as there are
/// dances, each beginning with another.
/// </summary>
internal sealed class Attackers : IDisposable
{
    private readonly List<Attacker> _attackers;

    private Attackers(List<Attacker> attackers) => _attackers = attackers;

    /// <summary>How many dances the daemon ended, each by its name.</summary>
    public IEnumerable<(string Dance, int Ended)> Ended => AttackFiles.Attacks.Select(
        (attack, i) => (attack.Entrypoint, _attackers.Sum(each => each.Ended[i])));

    /// <summary>Clients with connections of their own.</summary>
    public static async Task<Attackers> ConnectAsync(BenchSpace space)
    {
        var attackers = new List<Attacker>();
        foreach (var first in Enumerable.Range(0, AttackFiles.Attacks.Count))
        {
            var client = new BenchClient(space.Client.Socket);
            var transaction = await client.BeginAsync(space.Id);
            var task = (await client.ExecuteAsync(Requests.GetByKey(transaction, TaskFiles.KeyOf(0))))!.Reference;
            attackers.Add(new Attacker(client, transaction, task, first));
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
        foreach (var each in _attackers) each.Dispose();
    }

    private sealed class Attacker(BenchClient client, TransactionId transaction, HolonReference task, int first) : IDisposable
    {
        private int _next = first;

        /// <summary>How many were ended of each dance.</summary>
        public int[] Ended { get; } = new int[AttackFiles.Attacks.Count];

        public async Task RunAsync(CancellationToken cancellation)
        {
            try
            {
                while (!cancellation.IsCancellationRequested) await RunNextAsync(cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // The last dance ends early, at its client's wish.
            }
        }

        public void Dispose() => client.Dispose();

        private async Task RunNextAsync(CancellationToken cancellation)
        {
            var i = _next++ % Ended.Length;
            var attack = AttackFiles.Attacks[i];
            var response = await client.SendAsync(Requests.Dance(transaction, task, attack.Entrypoint), cancellation);
            if (response.Success) throw new BenchException($"The dance {attack.Entrypoint} succeeded, which it never should.");
            if (!attack.Ends.Contains(response.Errors[0].Code))
                throw new BenchException($"The dance {attack.Entrypoint} ended as {response.Errors[0].Code}: {response.Errors[0].Message}");
            Ended[i]++;
        }
    }
}
