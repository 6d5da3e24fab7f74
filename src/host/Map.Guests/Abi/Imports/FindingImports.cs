using Map.Core.Views;

namespace Map.Guests.Abi.Imports;

/// <summary>Looking for holons.</summary>
internal static class FindingImports
{
    public static IEnumerable<GuestImport> All =>
    [
        GuestImport.Of("find_by_key", FindByKey),
        GuestImport.Of("find_by_type", FindByType),
    ];

    private static int FindByKey(GuestCall call, int key, int length, int type)
    {
        var text = call.Text(key, length, GuestMemory.MaxInputBytes);
        var of = call.Type(type);
        call.Charge(Fuel.Row);
        var found = call.View.FindByKey(text, of);
        call.Rights.RequireRead(call.Resolve(found), call.View);
        return call.Handles.Open(found);
    }

    private static int FindByType(GuestCall call, int type, int subtypes)
    {
        var of = call.Holon(type);
        if (subtypes is not (0 or 1)) throw new AbiException(AbiResult.BadArgument);
        call.Rights.Require(Capability.Read, of.Id, call.View);
        return call.OpenCursor(new ListCursor(new ListFilter { Type = of.Id, WithSubtypes = subtypes == 1 }));
    }
}
