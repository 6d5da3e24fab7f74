using Google.Protobuf;
using Map.V1;
using CoreSchema = Map.Core.Types.CoreSchema;

namespace Map.Hub.Tests.Exports;

/// <summary>
/// Everything in view, with holons named by keys and types, so that graphs of different spaces can be compared. It asks
/// commands and knows nothing of exports.
/// </summary>
internal sealed class GraphDump
{
    private const uint PageSize = 1_000;

    private readonly TestTransaction _transaction;
    private readonly Dictionary<ByteString, string> _names = [];
    private readonly HashSet<string> _ordered = [];

    private GraphDump(TestTransaction transaction) => _transaction = transaction;

    /// <summary>A line for each holon but the space's own, sorted. Those without a key count in order of creation.</summary>
    public static List<string> Of(TestTransaction transaction) => new GraphDump(transaction).Lines();

    private List<string> Lines()
    {
        var holons = Pages(page => new QueryCommand { GetAll = new GetAllQuery { Page = page } })
            .Select(member => _transaction.Content(member.Reference)).Where(content => content.Descriptor_ is not null).ToList();
        var keys = holons.ToDictionary(holon => IdOf(holon.Reference), holon => holon.HasKey ? holon.Key : "");
        var keyless = 0;
        foreach (var holon in holons)
        {
            var type = keys[IdOf(holon.Descriptor_)];
            _names[IdOf(holon.Reference)] = holon.HasKey ? $"{holon.Key} ({type})" : $"no. {++keyless} ({type})";
            if (holon.Properties.Any(each => each.Name == CoreSchema.IsOrdered && each.Value.BoolValue))
                _ordered.Add(holon.Properties.Single(each => each.Name == CoreSchema.TypeName).Value.StringValue);
        }

        return [.. holons.Select(Line).Order(StringComparer.Ordinal)];
    }

    private string Line(EssentialContent holon)
    {
        // By their bytes: text would not tell one NaN from another.
        var properties = holon.Properties.Select(each => $"{each.Name}={each.Value} {each.Value.ToByteString().ToBase64()}");
        var related = _transaction.Ok(new QueryCommand { AllRelatedHolons = new AllRelatedHolonsQuery { Holon = holon.Reference } });
        var links = related.Relationships.Relationships.Where(each => !each.Inverse && !CoreSchema.IsKeptBySystem(each.Name))
            .Select(each => $"{each.Name}->[{Members(holon.Reference, each.Name)}]");
        return $"{_names[IdOf(holon.Reference)]}: {string.Join(", ", properties)}; {string.Join(", ", links)}";
    }

    private string Members(HolonReference holon, string name)
    {
        var members = Pages(page => new QueryCommand { RelatedHolons = new RelatedHolonsQuery { Holon = holon, Name = name, Page = page } })
            .Select(member => _names[IdOf(member.Reference)]);
        return string.Join(", ", _ordered.Contains(name) ? members : members.Order(StringComparer.Ordinal));
    }

    private IEnumerable<HolonMember> Pages(Func<PageRequest, QueryCommand> query)
    {
        var token = ByteString.Empty;
        do
        {
            var page = _transaction.Ok(query(new PageRequest { Size = PageSize, Token = token })).Page;
            foreach (var member in page.Members) yield return member;
            token = page.NextToken;
        }
        while (!token.IsEmpty);
    }

    private static ByteString IdOf(HolonReference reference) =>
        reference.Staged?.LocalId ?? reference.Smart.HolonId.LocalId;
}
