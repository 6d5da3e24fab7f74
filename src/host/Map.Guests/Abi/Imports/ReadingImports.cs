using Map.Core.Identity;
using Map.Core.Types;
using Map.Core.Values;
using Map.Core.Views;

namespace Map.Guests.Abi.Imports;

/// <summary>What a holon is and has.</summary>
internal static class ReadingImports
{
    public static IEnumerable<GuestImport> All =>
    [
        GuestImport.Of("holon_key", HolonKey),
        GuestImport.Of("holon_id", HolonId),
        GuestImport.Of("holon_phase", HolonPhase),
        GuestImport.Of("holon_type", HolonType),
        GuestImport.Of("holon_type_name", HolonTypeName),
        GuestImport.Of("same_holon", SameHolon),
        GuestImport.Of("property", Property),
        GuestImport.Of("property_names", PropertyNames),
        GuestImport.Of("relationship_names", RelationshipNames),
        GuestImport.Of("related", Related),
        GuestImport.Of("related_count", RelatedCount),
    ];

    private static int HolonKey(GuestCall call, int holon, int buffer, int size)
    {
        var output = call.Buffer(buffer, size);
        return call.Read(holon).Key is { } key ? call.Write(output, key) : (int)AbiResult.NotFound;
    }

    private static int HolonId(GuestCall call, int holon, int buffer, int size)
    {
        var output = call.Buffer(buffer, size);
        var id = call.Holon(holon).Id;
        call.Charge(LocalId.Size);
        if (output.Length >= LocalId.Size) id.Write(output);
        return LocalId.Size;
    }

    private static int HolonPhase(GuestCall call, int holon)
    {
        var reference = call.Holon(holon);
        call.Charge(Fuel.Row);
        return (int)call.Resolve(reference).Phase;
    }

    private static int HolonType(GuestCall call, int holon) =>
        call.Read(holon).Descriptor is { } type ? call.Handles.Open(call.View.ReferenceTo(type)) : (int)AbiResult.NotFound;

    private static int HolonTypeName(GuestCall call, int holon, int buffer, int size)
    {
        var output = call.Buffer(buffer, size);
        if (call.Read(holon).Descriptor is not { } type) return (int)AbiResult.NotFound;
        var name = call.View.Resolve(call.View.ReferenceTo(type)).Properties[CoreSchema.TypeName] as StringValue;
        return name is null ? (int)AbiResult.NotFound : call.Write(output, name.Value);
    }

    private static int SameHolon(GuestCall call, int one, int other) => call.Holon(one).Id == call.Holon(other).Id ? 1 : 0;

    private static int Property(GuestCall call, int holon, int name, int length, int buffer, int size)
    {
        var output = call.Buffer(buffer, size);
        var property = call.Name(name, length);
        return call.Read(holon).Properties[property] is { } value ? call.Write(output, value) : (int)AbiResult.NotFound;
    }

    private static int PropertyNames(GuestCall call, int holon)
    {
        var properties = call.Read(holon).Properties;
        return call.OpenCursor(new NameCursor([.. properties.Select(property => property.Key)]));
    }

    private static int RelationshipNames(GuestCall call, int holon)
    {
        var relationships = call.View.Relationships(call.Read(holon).Reference, membersEach: 0, most: int.MaxValue);
        call.Charge(Fuel.Row * relationships.Count);
        return call.OpenCursor(new NameCursor([.. relationships.Select(relationship => relationship.Name)]));
    }

    private static int Related(GuestCall call, int holon, int name, int length)
    {
        var relationship = call.Name(name, length);
        return call.OpenCursor(new RelatedCursor(call.Read(holon).Reference, relationship));
    }

    private static int RelatedCount(GuestCall call, int holon, int name, int length)
    {
        var relationship = call.Name(name, length);
        return (int)Math.Min(int.MaxValue, call.View.RelatedCount(call.Read(holon).Reference, relationship));
    }
}
