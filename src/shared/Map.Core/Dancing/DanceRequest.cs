using Map.Core.Editing;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Transactions;
using Map.Core.Validation;
using Map.Core.Views;

namespace Map.Core.Dancing;

/// <summary>What dances are asked with. A dance gets an instance of the type that it says, whole and right by that type.</summary>
public static class DanceRequest
{
    private const string Field = "request";

    /// <summary>Makes a transient request from content, completed as a commit would complete it.</summary>
    /// <param name="editor">Where it is made.</param>
    /// <param name="dance">The dance.</param>
    /// <param name="content">The content; without a type it is of the one that the dance says.</param>
    /// <exception cref="HolonException">The dance takes no request, or not such a one.</exception>
    public static HolonReference Make(TransactionEditor editor, ResolvedDance dance, HolonContent content)
    {
        var type = RequireType(dance);
        var request = editor.NewHolon(content with { Descriptor = content.Descriptor ?? editor.View.ReferenceTo(type) });
        var draft = editor.State.Transients.Find(request.Id)!;
        var completed = ContentCompletion.Complete(editor.View.ContractOf(draft.Descriptor), draft.Properties);
        if (!ReferenceEquals(completed, draft.Properties)) editor.Apply(new SetProperties(request.Id, completed));
        Require(editor.View, dance, request);
        return request;
    }

    /// <summary>Requires that a dance can be asked with a holon.</summary>
    /// <param name="view">What the transaction sees.</param>
    /// <param name="dance">The dance.</param>
    /// <param name="request">The request; null for none.</param>
    /// <exception cref="HolonException">It takes no request, or not such a one.</exception>
    public static void Require(TransactionView view, ResolvedDance dance, HolonReference? request)
    {
        if (request is null)
        {
            if (dance.RequestType is { } asked)
                throw Invalid(null, $"The dance \"{dance.Name}\" takes a request of type {view.Display(asked)}. Give one.");
            return;
        }

        var type = RequireType(dance);
        var holon = view.Resolve(request);
        if (!view.ContractOf(holon).Lineage.Contains(type))
        {
            var what = holon.Descriptor is { } descriptor ? $"one of type {view.Display(descriptor)}" : "one without a type";
            throw Invalid(request, $"The dance \"{dance.Name}\" takes a request of type {view.Display(type)}, and not {what}.");
        }

        // What is saved was judged when it was.
        if (holon.Draft is { } draft && Validator.JudgeContent(view, draft) is { Count: > 0 } wrong)
            throw Invalid(request, $"The dance \"{dance.Name}\" cannot be asked with this: {string.Join(" ", wrong)}");
    }

    private static LocalId RequireType(ResolvedDance dance) => dance.RequestType
        ?? throw Invalid(null, $"The dance \"{dance.Name}\" takes no request. Leave it out.");

    private static HolonException Invalid(HolonReference? request, string message) =>
        new(HolonErrorCode.DanceRequestInvalid, message, request, Field);
}
