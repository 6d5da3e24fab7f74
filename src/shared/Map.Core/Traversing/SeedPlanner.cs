using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Values;
using Map.Core.Views;

namespace Map.Core.Traversing;

/// <summary>A seed made ready.</summary>
/// <param name="Node">Finds its holons.</param>
/// <param name="Types">What they may be.</param>
/// <param name="Holons">How many they are at most.</param>
/// <param name="AreRead">Whether finding them reads them.</param>
internal sealed record PlannedSeed(SeedNode Node, PossibleTypes Types, long Holons, bool AreRead = false);

/// <summary>Finds the index by which each seed is read.</summary>
internal sealed class SeedPlanner(TransactionView view, TypeFlow flow, TypeNames names)
{
    /// <summary>Makes the seeds of a query ready.</summary>
    /// <param name="traversal">The query.</param>
    /// <param name="most">How many rows it may read at most.</param>
    public List<PlannedSeed> Plan(Traversal traversal, long most)
    {
        if (traversal is { Seeds: [ListSeed { KeyPrefix: null } only], Steps: [WhereStep where, ..] } && KeysOf(where.Condition) is { } keys)
            return [ByKeys(only, keys, most)];
        return [.. traversal.Seeds.Select((seed, i) => Plan(seed, $"seeds[{i}]", most))];
    }

    private PlannedSeed Plan(TraversalSeed seed, string place, long most) => seed switch
    {
        HolonSeed { Holon: var reference } => One(InView(reference, $"{place}.holon"), place, "found among the holons by its reference", "holons"),
        IdSeed { Id: var id } => One(At(() => view.FindById(id, null).Id, $"{place}.holon_id"), place, "found among the holons by its id", "holons"),
        KeySeed key => One(ByKey(key, place), place, "found by the index of keys", "keys"),
        ListSeed list => List(list, place, most),
        _ => throw new InvariantException($"No such seed: {seed.GetType()}"),
    };

    /// <summary>The keys, one of which a condition asks for; null when it asks for none.</summary>
    private static IReadOnlyList<string>? KeysOf(Condition condition) => condition switch
    {
        PropertyCondition { Property: Names.Key, Comparison: Comparison.Equal or Comparison.OneOf, Values: var values }
            when values.All(value => value is StringValue) =>
            [.. values.Select(value => ((StringValue)value).Value).Distinct(StringComparer.Ordinal)],
        AllCondition { Conditions: var all } => all.Select(KeysOf).FirstOrDefault(keys => keys is not null),
        _ => null,
    };

    private PlannedSeed One(LocalId id, string place, string how, string index)
    {
        var step = new TraversalPlanStep($"Begins with {view.Display(id)}, {how}.", place, index, 1);
        return new PlannedSeed(new HolonSeedNode(step, id), TypeFlow.Exactly(view.Find(id)?.Descriptor), 1);
    }

    private LocalId InView(HolonReference reference, string place)
    {
        view.RequireOwn(reference);
        if (reference is SmartReference { Version: not null })
            throw Refusals.At(HolonErrorCode.InvalidRequest, place, $"\"{place}\" names a version; a query begins with holons in view.");
        return view.Find(reference.Id) is not null ? reference.Id : throw At(TransactionView.NotFound(reference, reference.Id), place);
    }

    private LocalId ByKey(KeySeed seed, string place)
    {
        var type = seed.Type is { } named ? names.Resolve(named, $"{place}.key.type") : (LocalId?)null;
        return At(() => view.FindByKey(seed.Key, type is { } id ? view.ReferenceTo(id) : null).Id, $"{place}.key.key");
    }

    private PlannedSeed List(ListSeed seed, string place, long most)
    {
        var type = seed.Type is { } named ? names.Resolve(named, $"{place}.list.type") : (LocalId?)null;
        if (seed.IsExact && type is null) throw Refusals.At(HolonErrorCode.InvalidRequest, $"{place}.list.exact_type", "\"exact_type\" needs a type.");
        var types = TypesOf(type, seed.IsExact);
        var holons = flow.CountOf(types);
        var listed = type is { } of ? seed.IsExact ? [of] : view.Descriptors.WithSubtypes(of) : null;
        var filter = new ListFilter { Type = type, Types = listed, KeyPrefix = seed.KeyPrefix };
        var what = type is { } id ? $"the holons of {view.Display(id)}{(seed.IsExact ? "" : " and of types that extend it")}" : "all holons";
        var step = seed.KeyPrefix is { } prefix
            ? new TraversalPlanStep(
                $"Lists {what} whose key starts with \"{prefix}\", by the index of keys.", place, "keys", Math.Min(most, flow.CountOf(PossibleTypes.Any)))
            : new TraversalPlanStep(
                $"Lists {what} in order of creation, by the index of {(type is null ? "holons" : "types")}.", place, type is null ? "holons" : "types", Math.Min(most, holons));
        return new PlannedSeed(new ListSeedNode(step, filter), types, holons);
    }

    private PlannedSeed ByKeys(ListSeed seed, IReadOnlyList<string> keys, long most)
    {
        var type = seed.Type is { } named ? names.Resolve(named, "seeds[0].list.type") : (LocalId?)null;
        var types = TypesOf(type, seed.IsExact);
        // Several types may have a key. Each entry of the index leads to one holon.
        var rows = Math.Min(most, 2 * flow.CountOf(PossibleTypes.Any));
        var matches = Math.Min(rows, 2 * keys.Sum(key => view.WithKey(key, null).LongCount()));
        var what = type is { } id ? $"holons of {view.Display(id)}" : "holons";
        var step = new TraversalPlanStep(
            $"Looks up {what} by {(keys.Count == 1 ? $"the key \"{keys[0]}\"" : $"{keys.Count:N0} keys")}, for which the first condition asks, by the index of keys.",
            "seeds[0]", "keys", matches);
        return new PlannedSeed(new KeySeedNode(step, keys, types), types, matches, AreRead: true);
    }

    private PossibleTypes TypesOf(LocalId? type, bool isExact) => isExact ? TypeFlow.Exactly(type) : flow.WithSubtypes(type);

    private static LocalId At(Func<LocalId> find, string place)
    {
        try
        {
            return find();
        }
        catch (HolonException e)
        {
            throw At(e, place);
        }
    }

    private static HolonException At(HolonException refusal, string place) =>
        new([.. refusal.Errors.Select(error => error with { Field = place })]);
}
