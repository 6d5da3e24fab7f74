using Google.Protobuf;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Traversing;
using Map.Core.Values;
using Map.Core.Views;

namespace Map.Hub.Binding;

/// <summary>Turns the core's types into messages.</summary>
public static class WireWriter
{
    /// <summary>An id as its 16 bytes.</summary>
    public static ByteString ToWire(LocalId id)
    {
        Span<byte> bytes = stackalloc byte[LocalId.Size];
        id.Write(bytes);
        return ByteString.CopyFrom(bytes);
    }

    /// <summary>A holon's identity.</summary>
    public static V1.HolonId ToWire(HolonId id) => new() { SpaceId = ToWire(id.Space.Value), LocalId = ToWire(id.Local) };

    /// <summary>A transaction's identity.</summary>
    public static V1.TransactionId ToWire(TransactionId id) =>
        new() { SpaceId = ToWire(id.Space.Value), LocalId = ToWire(id.Local) };

    /// <summary>A moment.</summary>
    public static V1.Timestamp ToTimestamp(long unixMicros) => new() { UnixMicros = unixMicros };

    /// <summary>A reference.</summary>
    public static V1.HolonReference ToWire(HolonReference reference) => ToWire(reference, ToWire(reference.Transaction));

    private static V1.HolonReference ToWire(HolonReference reference, V1.TransactionId transaction)
    {
        var wire = new V1.HolonReference { TransactionId = transaction };
        switch (reference)
        {
            case TransientReference:
                wire.Transient = new V1.TransientRef { LocalId = ToWire(reference.Id) };
                break;
            case StagedReference:
                wire.Staged = new V1.StagedRef { LocalId = ToWire(reference.Id) };
                break;
            case SmartReference smart:
                wire.Smart = new V1.SmartRef { HolonId = new V1.HolonId { SpaceId = transaction.SpaceId, LocalId = ToWire(reference.Id) } };
                if (smart.Version is { } version) wire.Smart.Version = (uint)version;
                break;
            default:
                throw new InvariantException($"No such kind of reference: {reference.GetType()}");
        }

        return wire;
    }

    /// <summary>A value.</summary>
    public static V1.BaseValue ToWire(BaseValue value)
    {
        switch (value)
        {
            case StringValue text: return new V1.BaseValue { StringValue = text.Value };
            case BooleanValue flag: return new V1.BaseValue { BoolValue = flag.Value };
            case IntegerValue number: return new V1.BaseValue { IntegerValue = number.Value };
            case DoubleValue number: return new V1.BaseValue { DoubleValue = number.Value };
            case EnumValue variant: return new V1.BaseValue { EnumValue = variant.Variant };
            case BytesValue bytes: return new V1.BaseValue { BytesValue = ByteString.CopyFrom(bytes.Value.AsSpan()) };
            case TimestampValue moment: return new V1.BaseValue { TimestampValue = ToTimestamp(moment.UnixMicros) };
            case ArrayValue array:
                var wire = new V1.ArrayValue();
                foreach (var item in array.Items) wire.Items.Add(ToWire(item));
                return new V1.BaseValue { ArrayValue = wire };
            default: throw new InvariantException($"No such kind of value: {value.GetType()}");
        }
    }

    /// <summary>A page of members.</summary>
    public static V1.HolonPage ToPage(IReadOnlyList<HolonMember> members, ByteString nextToken)
    {
        var page = new V1.HolonPage { NextToken = nextToken };
        page.Members.AddRange(members.Select(ToWire));
        return page;
    }

    /// <summary>The rows of a query over many hops, which are of one transaction: its identity is made once.</summary>
    public static IEnumerable<V1.TraverseRow> ToRows(IReadOnlyList<TraversalRow> rows)
    {
        if (rows.Count == 0) yield break;
        var transaction = ToWire(rows[0].Reference.Transaction);
        foreach (var row in rows)
        {
            var wire = new V1.TraverseRow { Reference = ToWire(row.Reference, transaction) };
            foreach (var (name, value) in row.Properties) wire.Properties.Add(new V1.Property { Name = name, Value = ToWire(value) });
            yield return wire;
        }
    }

    /// <summary>How a query over many hops is worked out.</summary>
    public static V1.TraversePlan ToPlan(IReadOnlyList<TraversalPlanStep> steps)
    {
        var plan = new V1.TraversePlan();
        foreach (var step in steps)
        {
            var wire = new V1.TraversePlanStep { Text = step.Text, Place = step.Place, Index = step.Index, MostRows = (ulong)step.MostRows };
            if (step.RowsRead is { } rows) wire.RowsRead = (ulong)rows;
            plan.Steps.Add(wire);
        }

        return plan;
    }

    /// <summary>A relationship with its count and first members.</summary>
    public static V1.RelationshipSummary ToWire(RelationshipSummary relationship) => new()
    {
        Name = relationship.Name,
        Inverse = relationship.IsInverse,
        Count = (ulong)relationship.Count,
        Members = { relationship.Members.Select(ToWire) },
    };

    private static V1.HolonMember ToWire(HolonMember member)
    {
        var wire = new V1.HolonMember { Reference = ToWire(member.Reference) };
        if (member.Key is not null) wire.Key = member.Key;
        return wire;
    }

    /// <summary>An error or warning.</summary>
    public static V1.HolonError ToWire(HolonError error)
    {
        var wire = new V1.HolonError
        {
            Code = (V1.ErrorCode)error.Code,
            Message = error.Message,
            Field = error.Field ?? "",
            Retryable = error.IsRetryable,
        };
        if (error.Subject is not null) wire.Reference = ToWire(error.Subject);
        else if (error.Key is not null) wire.Key = error.Key;
        if (ToDetails(error) is { } details) wire.Details = details;
        return wire;
    }

    private static V1.ErrorDetails? ToDetails(HolonError error)
    {
        if (error is { Place: null, Candidates.Count: 0, ConflictingCommit: null, Limit: null, Rule: null, GuestCode: null, Backtrace.Count: 0 })
            return null;
        var details = new V1.ErrorDetails();
        if (error.Place is { } place)
            details.Place = new V1.SourcePlace { File = place.File, Line = (uint)place.Line, Column = (uint)place.Column };
        foreach (var candidate in error.Candidates) details.Candidates.Add(ToWire(candidate));
        if (error.ConflictingCommit is { } commit) details.ConflictingCommit = (ulong)commit;
        if (error.Limit is { } limit) details.Limit = (ulong)limit;
        details.GuestCode = error.GuestCode ?? "";
        details.Backtrace.AddRange(error.Backtrace);
        if (error.Rule is { } rule) details.Rule = rule.ToString();
        return details;
    }
}
