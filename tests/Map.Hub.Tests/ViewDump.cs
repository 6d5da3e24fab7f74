using System.Globalization;
using System.Text;
using Google.Protobuf;
using Map.V1;

namespace Map.Hub.Tests;

/// <summary>Everything that queries tell of a transaction, as text that can be compared.</summary>
internal static class ViewDump
{
    private const uint PageSize = 1_000;

    /// <summary>All holons in view with content and relationships, the counts, and whether undo and redo are possible.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="also">References that no listing gives: of transient, deleted and abandoned holons.</param>
    public static string Full(this TestTransaction transaction, params HolonReference[] also)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"staged {transaction.StagedCount()}, transient {transaction.TransientCount()}");
        var (canUndo, canRedo) = transaction.EditStatus();
        text.AppendLine(CultureInfo.InvariantCulture, $"undo {canUndo}, redo {canRedo}");
        text.Append(transaction.View());
        foreach (var reference in also) Append(text, transaction, reference);
        return text.ToString();
    }

    /// <summary>All holons in view with content and relationships.</summary>
    public static string View(this TestTransaction transaction)
    {
        var text = new StringBuilder();
        foreach (var member in Members(transaction))
        {
            Append(text, transaction, member.Reference);
            if (!member.HasKey) continue;
            var found = transaction.Send(TestTransaction.ByKeyQuery(member.Key));
            text.AppendLine(CultureInfo.InvariantCulture, $"  by key: {(found.Success ? Show(found.Body.Reference) : found.Errors[0].Code)}");
        }

        return text.ToString();
    }

    /// <summary>One holon with content and relationships, by any reference.</summary>
    public static string Of(TestTransaction transaction, HolonReference holon)
    {
        var text = new StringBuilder();
        Append(text, transaction, holon);
        return text.ToString();
    }

    public static string Show(HolonReference reference) => reference.KindCase switch
    {
        HolonReference.KindOneofCase.Transient => $"transient {Show(reference.Transient.LocalId)}",
        HolonReference.KindOneofCase.Staged => $"staged {Show(reference.Staged.LocalId)}",
        _ => $"saved {Show(reference.Smart.HolonId.LocalId)}" + (reference.Smart.HasVersion ? $" version {reference.Smart.Version}" : ""),
    };

    private static string Show(ByteString id) => Convert.ToHexStringLower(id.Span);

    private static IEnumerable<HolonMember> Members(TestTransaction transaction)
    {
        var token = ByteString.Empty;
        do
        {
            var page = transaction.Ok(new QueryCommand
            {
                GetAll = new GetAllQuery { Page = new PageRequest { Size = PageSize, Token = token } },
            }).Page;
            foreach (var member in page.Members) yield return member;
            token = page.NextToken;
        }
        while (!token.IsEmpty);
    }

    private static void Append(StringBuilder text, TestTransaction transaction, HolonReference holon)
    {
        var answer = transaction.Send(new QueryCommand { EssentialContent = new EssentialContentQuery { Holon = holon } });
        if (!answer.Success)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{Show(holon)}: {answer.Errors[0].Code}");
            return;
        }

        var content = answer.Body.EssentialContent;
        var type = content.Descriptor_ is null ? "no type" : Show(content.Descriptor_);
        text.AppendLine(CultureInfo.InvariantCulture, $"{Show(holon)}: {content.Phase} version {content.Version} of {type}");
        foreach (var property in content.Properties)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {property.Name} = {property.Value}");
        foreach (var name in TestSchema.RelationshipNames)
        {
            var members = Related(transaction, holon, name);
            if (members.Length > 0) text.AppendLine(CultureInfo.InvariantCulture, $"  {name} -> {members}");
        }
    }

    private static string Related(TestTransaction transaction, HolonReference holon, string name)
    {
        var query = new RelatedHolonsQuery { Holon = holon, Name = name, Page = new PageRequest { Size = PageSize } };
        var answer = transaction.Send(new QueryCommand { RelatedHolons = query });
        return answer.Success
            ? string.Join(", ", answer.Body.Page.Members.Select(member => Show(member.Reference)))
            : answer.Errors[0].Code.ToString();
    }
}
