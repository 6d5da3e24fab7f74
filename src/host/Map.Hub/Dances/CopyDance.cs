using Map.Core.Dancing;
using Map.Core.Editing;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Types;
using Map.Core.Values;

namespace Map.Hub.Dances;

/// <summary>
/// Stages a copy of a holon with all its parts: the members of its relationships to which a deletion cascades. What leads
/// from one of them to another leads to its copy then; what leads elsewhere leads there still. Copies have no keys, so that
/// key rules make them or somebody gives them. Answers the copy of the holon.
/// </summary>
internal sealed class CopyDance : IBuiltinDance
{
    public string Name => "Copy";

    public DanceResponse Run(BuiltinCall call)
    {
        var editor = call.Editor;
        var copies = new Dictionary<LocalId, StagedReference>();
        var left = new Queue<HolonReference>([call.Affording]);
        var links = new List<(StagedReference Copy, string Name, IReadOnlyList<HolonReference> Members)>();
        while (left.TryDequeue(out var holon))
        {
            call.Cancellation.ThrowIfCancellationRequested();
            if (copies.ContainsKey(holon.Id)) continue;
            var source = editor.View.Resolve(holon);
            var copy = editor.StageNewHolon(
                new HolonContent(editor.View.Descriptor(holon), source.Properties.Without(Names.Key), []));
            copies.Add(holon.Id, copy);
            var contract = editor.View.ContractOf(source);
            foreach (var (name, members) in Declared(editor, holon))
            {
                links.Add((copy, name, members));
                if (!contract.Relationships.TryGetValue(name, out var rule) || rule.OnDelete != DeletionSemantic.Cascade) continue;
                foreach (var part in members) left.Enqueue(part);
            }
        }

        foreach (var (copy, name, members) in links)
        {
            call.Cancellation.ThrowIfCancellationRequested();
            editor.AddRelated(copy, name, [.. members.Select(member => copies.TryGetValue(member.Id, out var other) ? other : member)]);
        }

        return new DanceHolon(copies[call.Affording.Id]);
    }

    private static IEnumerable<(string Name, IReadOnlyList<HolonReference> Members)> Declared(TransactionEditor editor, HolonReference holon)
    {
        var view = editor.View;
        var most = editor.Limits.MaxTargets;
        foreach (var (name, members) in view.DeclaredMembers(view.Resolve(holon)))
        {
            // One more than there may be, which tells that there are too many.
            var taken = members.Take(most + 1).ToList();
            if (taken.Count > most)
            {
                throw new HolonException([new HolonError(
                    HolonErrorCode.TooLarge,
                    $"{view.Display(holon.Id)} has more than {most:N0} members under \"{name}\", which is too many to copy at once.")
                { Subject = holon, Field = name, Limit = most }]);
            }

            if (taken.Count > 0) yield return (name, taken);
        }
    }
}
