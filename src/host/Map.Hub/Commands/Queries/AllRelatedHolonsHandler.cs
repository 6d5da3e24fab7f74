using Map.Core.Errors;
using Map.Hub.Binding;
using Map.V1;
using HolonError = Map.Core.Errors.HolonError;

namespace Map.Hub.Commands.Queries;

/// <summary>The relationships of a holon that have members, each with its count and first members.</summary>
internal sealed class AllRelatedHolonsHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.AllRelatedHolons;

    public override CommandResponse Answer(QueryContext context, QueryCommand query)
    {
        var message = query.AllRelatedHolons;
        var holon = WireReader.ToReference(message.Holon, "holon");
        var options = context.Services.Options;
        if (message.MembersEach > options.MaxMembersEach) throw TooMany(options.MaxMembersEach);
        var list = new RelationshipList();
        foreach (var each in context.View.Relationships(holon, (int)message.MembersEach, options.MaxRelatedMembers))
            list.Relationships.Add(WireWriter.ToWire(each));
        return new CommandResponse { Relationships = list };
    }

    private static HolonException TooMany(int most) => new([new HolonError(
        HolonErrorCode.TooLarge, $"At most {most:N0} members of each relationship are told; RelatedHolons gives all, in pages.")
    {
        Field = "members_each",
        Limit = most,
    }]);
}
