using System.Text.Json;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Types;
using Map.Core.Values;
using Map.Core.Views;

namespace Map.Core.Exporting;

/// <summary>Writes holons as the import format has them.</summary>
internal sealed class HolonWriter(TransactionView view, ExportScope scope, ExportReferences references)
{
    private readonly Dictionary<LocalId, string?> _names = [];

    /// <summary>What was written so far.</summary>
    public ExportCounts Counts { get; private set; }

    /// <summary>Writes a holon.</summary>
    /// <exception cref="HolonException">It has no type, or a link to what no file can name.</exception>
    public void Write(Utf8JsonWriter json, LocalId id)
    {
        var holon = view.Resolve(view.ReferenceTo(id));
        json.WriteStartObject();
        if (references.FindLabel(id) is { } label) json.WriteString("$id", label);
        if (holon.Key is { } key) json.WriteString("key", key);
        json.WritePropertyName("type");
        WriteReference(json, TypeOf(holon), holon, "type");
        WriteProperties(json, holon);
        WriteRelationships(json, holon);
        json.WriteEndObject();
        Counts = Counts with { Holons = Counts.Holons + 1 };
    }

    private static LocalId TypeOf(HolonSnapshot holon) => holon.Descriptor ?? throw new HolonException(
        HolonErrorCode.MissingDescriptor,
        $"The holon {Name(holon)} has no type, so that no file with it can be loaded. Give it one, or abandon it.",
        holon.Reference);

    private void WriteProperties(Utf8JsonWriter json, HolonSnapshot holon)
    {
        var contract = view.ContractOf(holon);
        json.WriteStartObject("properties");
        foreach (var (name, value) in holon.Properties.AsSpan())
        {
            if (name == Names.Key) continue;
            json.WritePropertyName(name);
            ValueWriter.Write(json, value, contract.Properties.TryGetValue(name, out var rule) ? rule.Values : ValueRule.Any);
        }

        json.WriteEndObject();
    }

    private void WriteRelationships(Utf8JsonWriter json, HolonSnapshot holon)
    {
        var hasAny = false;
        foreach (var name in LinkedNames(holon))
        {
            var members = Members(holon, name);
            if (members.Count == 0) continue;
            if (!hasAny) json.WriteStartArray("relationships");
            hasAny = true;
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WritePropertyName("target");
            if (members.Count > 1) json.WriteStartArray();
            foreach (var member in members) WriteReference(json, member, holon, name);
            if (members.Count > 1) json.WriteEndArray();
            json.WriteEndObject();
            Counts = Counts with { Links = Counts.Links + members.Count };
        }

        if (hasAny) json.WriteEndArray();
    }

    /// <summary>The members to write: those of an ordered relationship in their order, others in that of the file.</summary>
    private List<LocalId> Members(HolonSnapshot holon, string name)
    {
        var facts = view.ContractOf(holon).Declared(name);
        var links = view.MembersOf(holon, name, null).Where(link => view.Exists(link.Slot.Other) && IsTakenAlong(link.Slot.Other)).ToList();
        // Links from before a type declared the name stand apart from those that it orders.
        var ordered = links.Where(link => facts.IsOrdered && link.Relationship == facts.Id).Select(link => link.Slot.Other);
        var others = links.Where(link => !facts.IsOrdered || link.Relationship != facts.Id)
            .Select(link => references.PlaceOf(link.Slot.Other)).Order().Select(place => place.Id);
        var members = ordered.Concat(others);
        return [.. facts.AllowsDuplicates ? members : members.Distinct()];
    }

    private bool IsTakenAlong(LocalId target)
    {
        if (references.IsExported(target) || references.IsPresent(target)) return true;
        Counts = Counts with { OutsideLinks = Counts.OutsideLinks + 1 };
        return !scope.IsClosed;
    }

    /// <summary>The declared names under which a holon has links, in order.</summary>
    private SortedSet<string> LinkedNames(HolonSnapshot holon)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        if (RelatedHolons.HasSavedSide(holon))
            foreach (var group in view.Saved.LinkGroups(holon.Id, LinkDirection.Forward, holon.AsOf))
                if (NameOf(group) is { } name) names.Add(name);
        if (holon.Draft is { } draft) names.UnionWith(draft.Links.Keys);
        names.RemoveWhere(name => CoreSchema.IsKeptBySystem(name) || view.IsInverseName(holon, name));
        return names;
    }

    private string? NameOf(LinkGroup group) => _names.TryGetValue(group.Relationship, out var name)
        ? name
        : _names[group.Relationship] = view.Descriptors.NameOf(group);

    private void WriteReference(Utf8JsonWriter json, LocalId target, HolonSnapshot holon, string field)
    {
        var reference = references.ReferenceTo(target) ?? throw Unreferable(target, holon, field);
        if (!reference.IsLabel)
        {
            json.WriteStringValue(reference.Text);
            return;
        }

        json.WriteStartObject();
        json.WriteString("$ref", reference.Text);
        json.WriteEndObject();
    }

    private HolonException Unreferable(LocalId target, HolonSnapshot holon, string field)
    {
        var why = view.FindKey(target) is { } key ? $"shares its key \"{key}\" with others" : "has no key";
        var advice = field == "type" ? "Export that one as well, or give it a key of its own." : "Export that one as well, give it a key of its own, or leave such links out (closed).";
        return new HolonException(
            HolonErrorCode.ExportUnreferable,
            $"\"{field}\" of {Name(holon)} leads to the holon {target}, which is not exported and cannot be referred to, since it {why}. {advice}",
            holon.Reference,
            field);
    }

    private static string Name(HolonSnapshot holon) => holon.Key is { } key ? $"\"{key}\"" : holon.Id.ToString();
}
