using Map.Core.Editing;
using Map.Core.Errors;
using Map.Core.References;

namespace Map.Guests.Abi.Imports;

/// <summary>Changing what the transaction stages.</summary>
internal static class WritingImports
{
    public static IEnumerable<GuestImport> All =>
    [
        GuestImport.Of("new_holon", NewHolon),
        GuestImport.Of("stage_new", StageNew),
        GuestImport.Of("stage", Stage),
        GuestImport.Of("new_version", NewVersion),
        GuestImport.Of("clone", Clone),
        GuestImport.Of("set_property", SetProperty),
        GuestImport.Of("remove_property", RemoveProperty),
        GuestImport.Of("add_related", AddRelated),
        GuestImport.Of("remove_related", RemoveRelated),
        GuestImport.Of("delete", Delete),
    ];

    private static int NewHolon(GuestCall call, int type)
    {
        var of = call.Type(type);
        if (of is not null || call.IsValidator) call.Rights.Require(Capability.Write, of?.Id, call.View);
        return call.Make(editor => editor.NewHolon(HolonContent.Empty with { Descriptor = of }));
    }

    private static int StageNew(GuestCall call, int type)
    {
        var of = call.Type(type);
        call.Rights.Require(Capability.Write, of?.Id, call.View);
        return call.Make(editor => editor.StageNewHolon(HolonContent.Empty with { Descriptor = of }));
    }

    private static int Stage(GuestCall call, int transient)
    {
        var holon = call.Read(transient);
        call.Rights.Require(Capability.Write, holon.Descriptor, call.View);
        if (holon.Reference is not TransientReference source)
            throw new HolonException(HolonErrorCode.WrongReferenceKind, "Only a transient holon can be staged as a new one.", holon.Reference);
        return call.Make(editor =>
        {
            // As many as one command of a client may have: they are linked in one go.
            var links = holon.Draft!.Links.Values.Sum(edits => (long)edits.Added.Count);
            if (links <= editor.Limits.MaxTargets) return editor.StageNewHolon(source);
            throw new HolonException(
                HolonErrorCode.TooLarge, $"The transient holon is related to more than {editor.Limits.MaxTargets:N0} holons.", source);
        });
    }

    private static int NewVersion(GuestCall call, int holon)
    {
        var reference = call.Holon(holon);
        call.RequireWrite(reference);
        if (reference is StagedReference) return holon;
        if (reference is SmartReference { Version: null } && call.View.ReferenceTo(reference.Id) is StagedReference { } staged
            && call.Resolve(staged).Draft is { IsLive: true }) return call.Handles.Open(staged);
        call.Handles.RequireRoom();
        return call.Handles.Open(call.Change(editor => editor.StageNewVersion(reference)));
    }

    private static int Clone(GuestCall call, int holon)
    {
        var source = call.Read(holon);
        if (source.Descriptor is not null || call.IsValidator) call.Rights.Require(Capability.Write, source.Descriptor, call.View);
        return call.Make(editor => editor.CloneHolon(source.Reference));
    }

    private static int SetProperty(GuestCall call, int holon, int name, int length, int value, int size)
    {
        call.Buffer(value, size);
        var property = call.Name(name, length);
        var content = call.Value(value, size);
        var reference = call.Holon(holon);
        call.RequireWrite(reference);
        return Do(call, editor => editor.WithPropertyValues(reference, [new(property, content)]));
    }

    private static int RemoveProperty(GuestCall call, int holon, int name, int length)
    {
        var property = call.Name(name, length);
        var reference = call.Holon(holon);
        call.RequireWrite(reference);
        return Do(call, editor => editor.RemoveProperties(reference, [property]));
    }

    private static int AddRelated(GuestCall call, int holon, int name, int length, int target)
    {
        var relationship = call.Name(name, length);
        var (source, member) = (call.Holon(holon), call.Holon(target));
        call.RequireWrite(source);
        return Do(call, editor => editor.AddRelated(source, relationship, [member]));
    }

    private static int RemoveRelated(GuestCall call, int holon, int name, int length, int target)
    {
        var relationship = call.Name(name, length);
        var (source, member) = (call.Holon(holon), call.Holon(target));
        call.RequireWrite(source);
        return Do(call, editor => editor.RemoveRelated(source, relationship, [member], occurrence: null));
    }

    private static int Delete(GuestCall call, int holon) => call.Delete(call.Holon(holon));

    private static int Do(GuestCall call, Action<TransactionEditor> change) => call.Change(editor =>
    {
        change(editor);
        return 0;
    });
}
