using Map.V1;

namespace Map.Bench.Client;

/// <summary>The queries over many hops that are measured.</summary>
internal static class Traversals
{
    public const int Hops = 3;

    /// <summary>What a task of a web reaches over three links: all of it.</summary>
    public static async Task<MapRequest> ThreeHopsAsync(BenchSpace space)
    {
        var transaction = await space.BeginAsync();
        var first = (await space.Client.ExecuteAsync(Requests.GetByKey(transaction, TaskFiles.KeyOf(0))))!.Reference;
        var expand = new TraverseExpand { MinDepth = Hops, MaxDepth = Hops, Relationships = { TaskFiles.Relationship } };
        return Requests.Traverse(transaction, new TraverseQuery
        {
            Seeds = { new TraverseSeed { Holon = first } },
            Steps = { new TraverseStep { Expand = expand } },
            Distinct = true,
            Page = new PageRequest { Size = TaskFiles.Web },
        });
    }

    /// <summary>One task in a hundred.</summary>
    public static MapRequest Filtered(TransactionId transaction)
    {
        var comparison = new PropertyComparison { Name = "Effort", Comparison = Comparison.Equal, Values = { new BaseValue { IntegerValue = 42 } } };
        return Requests.Traverse(transaction, new TraverseQuery
        {
            Seeds = { AllTasks },
            Steps = { new TraverseStep { Where = new TraverseCondition { Property = comparison } } },
            Page = new PageRequest { Size = 1_000 },
        });
    }

    /// <summary>The ten heaviest tasks.</summary>
    public static MapRequest Ordered(TransactionId transaction) => Requests.Traverse(transaction, new TraverseQuery
    {
        Seeds = { AllTasks },
        OrderBy = { new TraverseOrder { Property = "Weight", Descending = true } },
        Limit = 10,
    });

    private static TraverseSeed AllTasks => new() { List = new ListSeed { Type = new TypeSelector { Name = TaskFiles.TypeKey } } };
}
