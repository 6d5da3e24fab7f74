using Map.Core.Errors;

namespace Map.Hub.Tests;

/// <summary>What the core numbers by itself has the names and numbers of the contract.</summary>
public class ContractNumberTests
{
    [Fact]
    public void Error_codes() => AssertSame<HolonErrorCode, V1.ErrorCode>(("None", "Unspecified"));

    [Fact]
    public void Phases_of_a_holon() => AssertSame<Core.Transactions.HolonPhase, V1.HolonPhase>((null, "Unspecified"));

    [Fact]
    public void States_of_a_transaction() => AssertSame<Transactions.TransactionStatus, V1.TransactionStatus>((null, "Unspecified"));

    [Fact]
    public void Scopes()
    {
        foreach (var scope in Enum.GetValues<V1.Scope>().Where(scope => scope != V1.Scope.Unspecified))
            Assert.Equal(scope.ToString(), ((AccessScope)scope).ToString());
    }

    /// <param name="zero">The names of the zero of both sides, if they have one.</param>
    private static void AssertSame<TOurs, TWire>((string? Ours, string Wire) zero)
        where TOurs : struct, Enum
        where TWire : struct, Enum
    {
        var ours = Enum.GetValues<TOurs>().ToDictionary(value => Convert.ToInt32(value), value => value.ToString());
        var wire = Enum.GetValues<TWire>().ToDictionary(value => Convert.ToInt32(value), value => value.ToString());
        Assert.Equal(zero.Ours, ours.GetValueOrDefault(0));
        Assert.Equal(zero.Wire, wire[0]);
        ours.Remove(0);
        wire.Remove(0);
        Assert.Equal(wire.OrderBy(each => each.Key), ours.OrderBy(each => each.Key));
    }
}
