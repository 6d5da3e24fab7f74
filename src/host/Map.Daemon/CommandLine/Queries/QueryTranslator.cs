using Google.Protobuf;
using Map.V1;

namespace Map.Daemon.CommandLine.Queries;

/// <summary>Makes the message of a query from the object that docs/queries.md describes.</summary>
/// <param name="parts">Takes it apart.</param>
internal sealed class QueryTranslator(QueryParts parts)
{
    private const string QueryRule = """A query is an object, as {"from": "Book"}.""";
    private const string SeedRule = """A seed is the name of a type or an object, as {"type": "Book"}, {"key": "Emma"} or {"id": "…"}.""";
    private const string StepRule = """A step is an object, {"where": condition} or {"follow": relationship}.""";
    private const string OrderRule = """An order is the name of a property, or an object, as {"property": "Name", "descending": true}.""";
    private const string DepthRule = "\"depth\" is a number of links, as 2, or a list of the least and the most, as [1, 3].";

    private readonly ConditionTranslator _conditions = new(parts);

    public TraverseQuery Query(QueryNode node)
    {
        var query = new TraverseQuery();
        var fields = parts.Fields(node, QueryRule, "from", "steps", "distinct", "orderBy", "limit", "select");
        if (fields is null) return query;
        if (fields.TryGetValue("from", out var from)) parts.OneOrMore(from, "seeds", (item, path) => query.Seeds.Add(Seed(item, path)));
        else parts.Report(node.Place, "The query does not say where to begin: \"from\" is missing.");
        if (fields.TryGetValue("steps", out var steps))
            parts.Each(steps, "steps", "\"steps\" is a list of steps.", (item, path) => query.Steps.Add(Step(item, path)));
        if (fields.TryGetValue("distinct", out var distinct)) query.Distinct = parts.Boolean(distinct);
        if (fields.TryGetValue("orderBy", out var order))
            parts.Each(order, "order_by", "\"orderBy\" is a list.", (item, path) => query.OrderBy.Add(Order(item, path)));
        if (fields.TryGetValue("limit", out var limit))
        {
            parts.Places["limit"] = limit.Value.Place;
            query.Limit = parts.Whole(limit.Value, ulong.MaxValue, "\"limit\" is a whole number, not negative.");
        }

        if (fields.TryGetValue("select", out var select))
            parts.Each(select, "select", "\"select\" is a list of names of properties.", (item, path) => query.Select.Add(Property(item, path)));
        return query;
    }

    private TraverseSeed Seed(QueryNode node, string path)
    {
        parts.Places[path] = node.Place;
        if (node is QueryScalar) return new TraverseSeed { List = new ListSeed { Type = parts.Type(node, $"{path}.list.type", SeedRule) } };
        var fields = parts.Fields(node, SeedRule, "type", "exact", "keyPrefix", "key", "id");
        if (fields is null) return new TraverseSeed();
        if (fields.TryGetValue("id", out var id))
        {
            Exclude(fields, "id", "type", "exact", "keyPrefix", "key");
            return new TraverseSeed { HolonId = Id(id.Value, $"{path}.holon_id") };
        }

        var type = fields.GetValueOrDefault("type")?.Value;
        const string TypeRule = "\"type\" is the key of a type.";
        if (fields.TryGetValue("key", out var key))
        {
            Exclude(fields, "key", "exact", "keyPrefix");
            var seed = new KeySeed { Key = parts.Text(key.Value, $"{path}.key.key", "\"key\" is text.") };
            if (type is not null) seed.Type = parts.Type(type, $"{path}.key.type", TypeRule);
            return new TraverseSeed { Key = seed };
        }

        var list = new ListSeed();
        if (type is not null) list.Type = parts.Type(type, $"{path}.list.type", TypeRule);
        if (fields.TryGetValue("exact", out var exact)) list.ExactType = parts.Boolean(exact);
        if (fields.TryGetValue("keyPrefix", out var prefix))
            list.KeyPrefix = parts.Text(prefix.Value, $"{path}.list.key_prefix", "\"keyPrefix\" is text.");
        return new TraverseSeed { List = list };
    }

    private HolonId Id(QueryNode node, string path)
    {
        const string Rule = "\"id\" is two UUIDs with '/' in between: of the space, and of the holon.";
        var halves = parts.Text(node, path, Rule).Split('/');
        if (halves.Length == 2 && Guid.TryParseExact(halves[0], "D", out var space) && Guid.TryParseExact(halves[1], "D", out var local))
            return new HolonId { SpaceId = ToBytes(space), LocalId = ToBytes(local) };
        // What is no text is told already.
        if (node is QueryScalar { Value.KindCase: BaseValue.KindOneofCase.StringValue }) parts.Report(node.Place, Rule);
        return new HolonId();
    }

    private TraverseStep Step(QueryNode node, string path)
    {
        parts.Places[path] = node.Place;
        var fields = parts.Fields(node, StepRule, "where", "follow", "depth");
        if (fields is null) return new TraverseStep();
        if (fields.TryGetValue("follow", out var follow))
        {
            Exclude(fields, "follow", "where");
            return new TraverseStep { Expand = Expand(follow, fields.GetValueOrDefault("depth"), $"{path}.expand") };
        }

        if (fields.TryGetValue("depth", out var depth)) parts.Report(depth.Place, "Only a step with \"follow\" has a depth.");
        if (fields.TryGetValue("where", out var where)) return new TraverseStep { Where = _conditions.Condition(where.Value, $"{path}.where") };
        if (fields.Count == 0 && node is QueryObject { Fields.Count: 0 }) parts.Report(node.Place, StepRule);
        return new TraverseStep();
    }

    private TraverseExpand Expand(QueryField follow, QueryField? depth, string path)
    {
        var expand = new TraverseExpand();
        parts.OneOrMore(follow, $"{path}.relationships", (item, at) =>
            expand.Relationships.Add(parts.Text(item, at, "\"follow\" is the name of a relationship, or a list of names.")));
        if (depth is null) return expand;
        var (least, most) = depth.Value is QueryList { Items: [var first, var last] } ? (first, last) : (depth.Value, depth.Value);
        (parts.Places[$"{path}.min_depth"], parts.Places[$"{path}.max_depth"]) = (least.Place, most.Place);
        expand.MinDepth = (uint)parts.Whole(least, uint.MaxValue, DepthRule);
        expand.MaxDepth = least == most ? expand.MinDepth : (uint)parts.Whole(most, uint.MaxValue, DepthRule);
        return expand;
    }

    private TraverseOrder Order(QueryNode node, string path)
    {
        parts.Places[path] = node.Place;
        if (node is QueryScalar) return new TraverseOrder { Property = parts.Text(node, $"{path}.property", OrderRule) };
        var order = new TraverseOrder();
        var fields = parts.Fields(node, OrderRule, "property", "descending");
        if (fields is null) return order;
        if (fields.TryGetValue("property", out var property)) order.Property = Property(property.Value, $"{path}.property");
        else parts.Report(node.Place, "The order has no \"property\".");
        if (fields.TryGetValue("descending", out var descending)) order.Descending = parts.Boolean(descending);
        return order;
    }

    private string Property(QueryNode node, string path) => parts.Text(node, path, "Here stands the name of a property.");

    private void Exclude(IReadOnlyDictionary<string, QueryField> fields, string name, params string[] others)
    {
        foreach (var other in others.Where(fields.ContainsKey))
            parts.Report(fields[other].Place, $"\"{other}\" cannot stand beside \"{name}\".");
    }

    private static ByteString ToBytes(Guid id) => ByteString.CopyFrom(id.ToByteArray(bigEndian: true));
}
