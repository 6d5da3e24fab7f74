using System.Reflection;
using System.Text.RegularExpressions;
using Map.Core.Editing;
using Map.Core.Services;
using Map.Fixtures;
using Map.Hub.Commands;
using Map.Hub.Content;
using Map.Hub.Spaces;
using Map.Hub.Transactions;

namespace Map.Hub.Tests;

/// <summary>
/// A query cannot change anything: from what it is given, no chain of members leads to anything that can, and none of the
/// handlers goes around that with a cast or a field of its own.
/// </summary>
public class QueryConstructionTests
{
    private static readonly Type[] _canChange =
    [
        typeof(Transaction), typeof(TransactionEditor), typeof(IHolonStore), typeof(ITransactionJournals), typeof(ISpaceCatalog),
        typeof(ISpaceKeeper), typeof(HolonSpaces), typeof(HolonSpaceManager), typeof(ContentStore), typeof(CommandServices),
        typeof(MutationContext), typeof(StepContext),
    ];

    [Fact]
    public void Nothing_that_can_change_anything_is_reached_from_what_a_query_gets()
    {
        var reached = Reach(typeof(QueryContext));
        Assert.Contains(typeof(Core.Views.TransactionView), reached);
        Assert.Contains(typeof(Core.Transactions.TransactionState), reached);
        Assert.DoesNotContain(reached, type => _canChange.Any(change => change.IsAssignableFrom(type)));
        foreach (var type in reached.Where(type => !type.IsInterface && !type.IsEnum))
        {
            Assert.Empty(type.GetProperties().Where(IsSettable).Select(property => $"{type}.{property.Name}"));
            Assert.Empty(type.GetFields().Where(field => !field.IsInitOnly && !field.IsLiteral).Select(field => $"{type}.{field.Name}"));
        }
    }

    [Fact]
    public void The_same_walk_finds_what_a_mutation_can_change() =>
        Assert.Contains(typeof(Transaction), Reach(typeof(MutationContext)));

    [Fact]
    public void No_query_handler_has_state_or_casts()
    {
        var handlers = typeof(QueryHandler).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(QueryHandler))).ToList();
        Assert.True(handlers.Count > 10);
        const BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        Assert.Empty(handlers.SelectMany(type => type.GetFields(All)).Where(field => !field.IsLiteral && !field.IsInitOnly).Select(field => $"{field.DeclaringType}.{field.Name}"));
        var folder = Path.Combine(RepositoryFiles.Root, "src", "host", "Map.Hub", "Commands", "Queries");
        foreach (var file in Directory.GetFiles(folder, "*.cs"))
        {
            var text = File.ReadAllText(file);
            foreach (var change in _canChange.Select(type => type.Name).Append("System.Reflection").Append("dynamic"))
                Assert.False(Regex.IsMatch(text, $@"(?<![.\w]){change}\b"), $"{Path.GetFileName(file)} names {change}.");
        }
    }

    private static bool IsSettable(PropertyInfo property) =>
        property.SetMethod is { IsPublic: true } set
        && !set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit));

    /// <summary>The project's own types that members of a type lead to, and the members of those, and so on.</summary>
    private static HashSet<Type> Reach(Type start)
    {
        var reached = new HashSet<Type>();
        var open = new Stack<Type>([start]);
        while (open.TryPop(out var type))
        {
            foreach (var part in Parts(type).Where(part => IsOurs(part) && reached.Add(part)))
                foreach (var next in Visible(part)) open.Push(next);
        }

        return reached;
    }

    private static bool IsOurs(Type type) => type.Assembly.GetName().Name is "Map.Core" or "Map.Hub" or "Map.Storage";

    /// <summary>What code in a handler may name of a type: public members, and internal ones of the hub.</summary>
    private static IEnumerable<Type> Visible(Type type)
    {
        var flags = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        var isHub = type.Assembly == typeof(QueryContext).Assembly;
        return type.GetMethods(flags).Where(method => method.IsPublic || (isHub && method.IsAssembly)).Select(method => method.ReturnType)
            .Concat(type.GetFields(flags).Where(field => field.IsPublic || (isHub && field.IsAssembly)).Select(field => field.FieldType));
    }

    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType) return Parts(type.GetElementType()!);
        return type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition()) : [type];
    }
}
